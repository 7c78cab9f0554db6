"""Multitask training: gradients, weights and surgery against hand-made cases; nothing shared is alone."""

import math

import numpy as np
import pytest
import torch

from tests.transfer.multitask_toys import MANY, SECOND, toy_card, toy_data
from wsl_core.errors import ParameterError
from wsl_core.jobs import Checkpoint
from wsl_core.transfer.multitask import MultitaskParameters, torch_gradients
from wsl_core.transfer.multitask.architecture import matched, network_size
from wsl_core.transfer.multitask.fitting import Learner, Look, drawn, fitted, orders
from wsl_core.transfer.multitask.task_sets import TASK_SETS
from wsl_core.transfer.multitask.torch_measures import average_precision, loss, rate
from wsl_core.transfer.multitask.torch_network import MultitaskNetwork
from wsl_core.transfer.multitask.torch_weighting import Weighting

HOW = MultitaskParameters(steps=12, batch=8, rate=0.01, interval=4)


def run(tasks, how, checkpoint=None, card=None):
    """Looks and the trained network."""
    data = toy_data(card or toy_card())
    events, looks, checkpoints = fitted(data, data.train, tasks, how, checkpoint), [], []
    while True:
        try:
            event = next(events)
        except StopIteration as done:
            return looks, checkpoints, done.value
        if isinstance(event, Look):
            looks.append((event.step, event.figures))
        if isinstance(event, Checkpoint):
            checkpoints.append(event)


def weights(network) -> dict[str, np.ndarray]:
    return {name: value.detach().numpy() for name, value in network.named_parameters()}


def test_the_cosine_is_that_of_gradients_worked_out_by_hand() -> None:
    """One shared linear weight w (2 values), two linear heads: y_t = a_t (w . x), loss (y_t - 1)^2."""
    w = torch.nn.Parameter(torch.tensor([0.5, -1.0]))
    x, a, b = torch.tensor([2.0, 1.0]), 3.0, -0.5
    z = w @ x  # 0
    losses = {"a": (a * z - 1) ** 2, "b": (b * z - 1) ** 2}
    rows = torch_gradients.of_tasks(losses, {"w": w})
    # d/dw (a z - 1)^2 = 2 (a z - 1) a x = -2 a x at z = 0
    assert rows["a"].tolist() == pytest.approx([-12.0, -6.0])
    assert rows["b"].tolist() == pytest.approx([2.0, 1.0])
    assert torch_gradients.cosine(rows["a"], rows["b"]) == pytest.approx(-1.0)
    assert torch_gradients.cosine(torch.tensor([1.0, 0.0]), torch.tensor([1.0, 1.0])) == (
        pytest.approx(math.sqrt(0.5))
    )
    assert torch_gradients.cosine(torch.zeros(2), torch.ones(2)) == 0


def test_a_look_measures_the_cosine_that_autograd_gives_on_the_shared_blocks() -> None:
    data = toy_data(toy_card())
    how = HOW.model_copy(update={"shared": 2})
    learner = Learner(data, data.train, ("first", "second"), how)
    learner.advance(0)
    figures = learner.look(1).figures
    rows = []
    for name in ("first", "second"):
        learner.network.zero_grad()
        learner.losses(np.arange(40))[name].backward()
        parts = [p.grad.flatten() for p in learner.network.trunk[1].parameters()]
        rows.append(torch.cat(parts).numpy())
    expected = rows[0] @ rows[1] / np.linalg.norm(rows[0]) / np.linalg.norm(rows[1])
    assert figures["cosine_2"] == pytest.approx(float(expected), abs=1e-5)
    assert {"cosine", "cosine_1"} <= figures.keys()
    assert "cosine_3" not in figures


def test_surgery_on_hand_made_vectors() -> None:
    first, second = torch.tensor([1.0, 0.0]), torch.tensor([-1.0, 1.0])
    # g1 - (g1.g2 / |g2|^2) g2 = (1, 0) + 1/2 (-1, 1); g2 - (g2.g1 / |g1|^2) g1 = (0, 1)
    found = torch_gradients.surgery([first, second], [[1], [0]])
    assert found.tolist() == pytest.approx([0.5, 1.5])
    agreeing = [torch.tensor([1.0, 0.0]), torch.tensor([1.0, 1.0])]
    assert torch_gradients.surgery(agreeing, [[1], [0]]).tolist() == [2.0, 1.0]
    # With three tasks the second projection is of what the first left, against the gradient as it was.
    three = [first, second, torch.tensor([-1.0, -1.0])]
    expected = np.zeros(2)
    rows = [one.numpy() for one in three]
    order = [[2, 1], [0, 2], [1, 0]]
    for own in range(3):
        left = rows[own].copy()
        for other in order[own]:
            if left @ rows[other] < 0:
                left -= left @ rows[other] / (rows[other] @ rows[other]) * rows[other]
        expected += left
    assert torch_gradients.surgery(three, order).tolist() == pytest.approx(expected.tolist())
    assert {tuple(sorted(one)) for one in orders(0, 5, 3)} == {(1, 2), (0, 2), (0, 1)}


def test_surgery_changes_the_shared_weights_alone() -> None:
    data, how = toy_data(toy_card()), HOW.model_copy(update={"shared": 2})
    ends = []
    for surgery in (False, True):
        learner = Learner(
            data, data.train, ("first", "second"), how.model_copy(update={"surgery": surgery})
        )
        # A batch on which the gradients point against each other.
        number = next(n for n in range(50) if _cosine(learner, n) < -0.05)
        learner.advance(number)
        ends.append(weights(learner.network))
    same = {name: np.array_equal(ends[0][name], ends[1][name]) for name in ends[0]}
    assert all(same[name] for name in same if name.startswith("branches"))
    assert not all(same[name] for name in same if name.startswith("trunk"))


def _cosine(learner: Learner, number: int) -> float:
    losses = learner.losses(drawn(0, number, 8, 40))
    rows = torch_gradients.of_tasks(losses, learner.network.shared)
    return torch_gradients.cosine(*rows.values())


def test_learned_weights_are_those_of_the_closed_form() -> None:
    """exp(-s) L + s / 2 is least at exp(-s) = 1 / (2 L); its gradient by s is 1/2 - exp(-s) L."""
    how = MultitaskParameters(weighting="uncertainty")
    weighting = Weighting(("first", "second"), how)
    values = {"first": torch.tensor(0.2), "second": torch.tensor(4.0)}
    sum(weighting(values).values()).backward()
    slopes = {name: s.grad.item() for name, s in weighting.log_variances.items()}
    assert slopes == pytest.approx({"first": 0.3, "second": -3.5})
    optimiser = torch.optim.SGD(weighting.parameters(), lr=0.2)
    for _ in range(400):
        optimiser.zero_grad()
        sum(weighting(values).values()).backward()
        optimiser.step()
        weighting.clamp()
    assert weighting.weights() == pytest.approx({"first": 2.5, "second": 0.125}, rel=1e-3)
    total = sum(float(part) for part in weighting(values).values())
    closed = sum(0.5 + 0.5 * math.log(2 * one.item()) for one in values.values())
    assert total == pytest.approx(closed, rel=1e-4)


def test_a_loss_near_zero_does_not_let_its_weight_grow_without_end() -> None:
    weighting = Weighting(("first",), MultitaskParameters(weighting="uncertainty", limit=2.0))
    with torch.no_grad():
        weighting.log_variances["first"].fill_(-9.0)
    weighting.clamp()
    assert weighting.weights()["first"] == pytest.approx(math.exp(2.0))


def test_fixed_weights_add_up_to_the_number_of_tasks() -> None:
    weighting = Weighting(("first", "second"), MultitaskParameters(balance=0.8))
    assert weighting.weights() == pytest.approx({"first": 1.6, "second": 0.4})


def test_weight_decay_pulls_the_network_and_not_the_learned_weights() -> None:
    data = toy_data(toy_card())
    pulled = HOW.model_copy(update={"weighting": "uncertainty", "decay": 1.0, "shared": 2})
    ends = []
    for how in (pulled, pulled.model_copy(update={"decay": 0.0})):
        learner = Learner(data, data.train, ("first", "second"), how)
        learner.advance(0)
        ends.append((weights(learner.network), learner.weighting.weights()))
    assert ends[0][1] == ends[1][1]
    name = "trunk.0.1.weight"
    assert np.abs(ends[0][0][name]).sum() < np.abs(ends[1][0][name]).sum()


@pytest.mark.parametrize("maps", [False, True])
def test_sharing_nothing_is_being_alone_bit_for_bit(maps: bool) -> None:
    card = toy_card(maps=maps)
    looks, _, both = run(("first", "second"), HOW.model_copy(update={"shared": 0}), card=card)
    for name in ("first", "second"):
        alone_looks, _, alone = run((name,), HOW.alone(), card=card)
        for key, value in weights(alone).items():
            assert np.array_equal(weights(both)[key], value), key
        for (_, together), (_, apart) in zip(looks, alone_looks, strict=True):
            assert all(together[key] == value for key, value in apart.items())
    assert "cosine" not in looks[-1][1]


def test_sharing_something_is_not() -> None:
    _, _, both = run(("first", "second"), HOW.model_copy(update={"shared": 1}))
    _, _, alone = run(("first",), HOW.alone())
    assert not np.array_equal(
        both.state_dict()["trunk.0.1.weight"], alone.state_dict()["branches.first.0.1.weight"]
    )


def test_private_blocks_start_where_the_shared_one_would() -> None:
    card, zero = toy_card(), torch.zeros(1, 8)
    networks = [
        MultitaskNetwork(
            card, ("first", "second"), HOW.model_copy(update={"shared": shared}), zero, zero + 1
        )
        for shared in (0, 3)
    ]
    shared = networks[1].state_dict()["trunk.2.1.weight"]
    assert torch.equal(networks[0].state_dict()["branches.second.2.1.weight"], shared)


@pytest.mark.parametrize("name", TASK_SETS)
@pytest.mark.parametrize("match", ["trunk", "parameters"])
def test_the_counts_are_those_of_the_network(name: str, match: str) -> None:
    card, how = TASK_SETS[name], MultitaskParameters(shared=2, match=match)
    shape = (1, card.shape[0], *(1 for _ in card.shape[1:]))
    network = MultitaskNetwork(card, card.names, how, torch.zeros(shape), torch.ones(shape))
    counted = sum(one.numel() for one in network.parameters())
    blocks = matched(card.shape, card.blocks, card.outputs, 2, match)
    size = network_size(card.shape, blocks, card.outputs, 2)
    assert size.parameters == counted
    work = 0

    def hook(module, inputs, output) -> None:
        nonlocal work
        places = output[0].numel() // output.shape[1]
        work += module.weight.numel() * places

    for one in network.modules():
        if isinstance(one, torch.nn.Linear | torch.nn.Conv2d):
            one.register_forward_hook(hook)
    scores = network(torch.zeros(1, *card.shape))
    assert size.cost == work
    assert {key: value.shape for key, value in scores.items()} == {
        task.name: (1, len(task.classes)) for task in card.tasks
    }


@pytest.mark.parametrize(
    "changes", [{"surgery": True, "shared": 3}, {"weighting": "uncertainty", "shared": 2}]
)
def test_a_broken_training_ends_like_an_unbroken_one(changes: dict) -> None:
    how = HOW.model_copy(update=changes)
    looks, checkpoints, whole = run(("first", "second"), how)
    assert [one.step for one in checkpoints] == [4, 8]
    rest, _, again = run(("first", "second"), how, checkpoints[0])
    assert rest == looks[2:]
    assert all(np.array_equal(v, weights(again)[k]) for k, v in weights(whole).items())


def test_every_picture_comes_once_in_an_epoch() -> None:
    seen = np.concatenate([drawn(3, number, 8, 20) for number in range(5)])
    assert sorted(seen[:20]) == list(range(20)) == sorted(seen[20:])
    assert not np.array_equal(seen[:20], seen[20:])


def test_losses_and_rates_of_several_answers() -> None:
    scores = torch.tensor([[2.0, -1.0, 0.5], [0.3, 0.2, -3.0]])
    labels = torch.tensor([[1, 0, -1], [0, 1, 0]], dtype=torch.int8)
    p = 1 / (1 + np.exp(-scores.numpy()))
    by_hand = [-math.log(p[0, 0]), -math.log(1 - p[0, 1]), -math.log(1 - p[1, 0])]
    by_hand += [-math.log(p[1, 1]), -math.log(1 - p[1, 2])]
    assert float(loss(MANY, scores, labels)) == pytest.approx(sum(by_hand) / 2)
    assert float(loss(SECOND, scores[:, :2], torch.tensor([0, 1]))) == pytest.approx(
        (math.log(1 + math.exp(-3)) + math.log(1 + math.exp(0.1))) / 2
    )
    # Ranked .9 right, .8 wrong, .7 right: (1 + 2/3) / 2.
    found = average_precision(np.array([0.7, 0.9, 0.8], np.float32), np.array([True, True, False]))
    assert found == pytest.approx(5 / 6)
    # The third class has no right picture, the first picture of it is ignored.
    assert rate(MANY, scores.numpy(), labels.numpy()) == 1.0
    assert rate(SECOND, scores[:, :2].numpy(), np.array([0, 1])) == 0.5


def test_average_precision_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import average_precision_score

    draw = np.random.default_rng(0)
    scores, truth = draw.normal(size=200).astype(np.float32), draw.random(200) < 0.2
    assert average_precision(scores, truth) == pytest.approx(average_precision_score(truth, scores))


def test_several_answers_are_learned_beside_one() -> None:
    card = toy_card((toy_card().tasks[0], MANY))
    looks, _, _ = run(
        ("first", "many"), HOW.model_copy(update={"steps": 60, "interval": 60}), card=card
    )
    assert looks[-1][1]["many_rate"] > looks[0][1]["many_rate"]


def test_a_training_that_diverges_is_told_in_words() -> None:
    data = toy_data(toy_card())
    data.train.values[3] = np.inf
    with pytest.raises(ParameterError, match=r"diverged at step 1: .* smaller rate than 0.01"):
        list(fitted(data, data.train, ("first",), HOW.alone()))

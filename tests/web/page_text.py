"""What a station says, that in shadow roots, too: the tour's and the practical's sentences are held to it."""

TEXT = """(skipped) => {
  const seen = (node) => {
    let text = ''
    for (const one of node.childNodes) {
      if (one.nodeType === 3) text += one.nodeValue + ' '
      if (one.nodeType !== 1 || ['STYLE', 'SCRIPT'].includes(one.tagName)) continue
      if (skipped && one.matches(skipped)) continue
      text += (one.shadowRoot ? seen(one.shadowRoot) : '') + seen(one)
    }
    return text
  }
  return seen(document.querySelector('[data-testid="stMainBlockContainer"]'))
    .replace(/\\s+/g, ' ').toLowerCase()
}"""
"""The tour's own bar stands elsewhere, and is not in it."""


def wait_for_words(visit, words: str, skipped: str = "") -> None:
    """Wait until a station shows these words, in any case.

    Args:
        visit: a tab on it.
        words: to wait for.
        skipped: CSS selector of what does not count.
    """
    visit.page.wait_for_function(
        f"([words, skipped]) => ({TEXT})(skipped).includes(words)", arg=[words.lower(), skipped]
    )

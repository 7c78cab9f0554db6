// The signed scale of `figures.colours`, in the browser. Stands before the script of a component that
// draws maps; its `data` holds `above`, `below` (colour stops), `ticks` and `unit`.

const rgb = colour => [1, 3, 5].map(i => parseInt(colour.slice(i, i + 2), 16))

function ramp(stops) {
  const colours = stops.map(rgb)
  return share => {
    const at = Math.min(share, 1) * (colours.length - 1), i = Math.min(Math.floor(at), colours.length - 2)
    return colours[i].map((low, k) => low + (at - i) * (colours[i + 1][k] - low))
  }
}

// Painted where |value| / limit says, never stretched: zero stays clear, whatever the other values are.
function painter(data, limit) {
  const above = ramp(data.above), below = ramp(data.below)
  return value => {
    const share = Number.isFinite(value) ? Math.min(1, Math.abs(value) / limit) : 0
    return [...(value < 0 ? below : above)(share), share]
  }
}

// The colour bar from `low` to `high`; `limit` is the end of the scale.
function drawBar(root, data, limit, low = -limit, opacity = 1) {
  const bar = root.querySelector('.bar'), canvas = bar.querySelector('canvas'), ticks = bar.querySelector('.ticks')
  const paint = painter(data, limit), g = canvas.getContext('2d'), wide = canvas.width = 512
  canvas.height = 1
  for (let p = 0; p < wide; p++) {
    const [r, green, b, strength] = paint(low + (p + 0.5) / wide * (limit - low))
    g.fillStyle = `rgba(${r}, ${green}, ${b}, ${strength * opacity})`
    g.fillRect(p, 0, 1, 1)
  }
  ticks.replaceChildren(...data.ticks.map(value => {
    const tick = document.createElement('span')
    tick.textContent = (value > 0 && low < 0 ? '+' : '') + value.toLocaleString('en-GB').replace('-', '−')
    tick.style.left = 100 * (value - low) / (limit - low) + '%'
    if (value === 0) tick.className = 'zero'
    return tick
  }))
  const unit = document.createElement('div')
  unit.textContent = data.unit
  ticks.append(unit)
}

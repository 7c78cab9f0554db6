// Class maps over a photograph, drawn in the browser: hovering costs no round trip to the server.
//
// data: [{ src, alt, width, height, panels: [{ title, score, values, limit, floor, box, channels }],
//         columns, rows: { centre, low, high, windowLow, windowHigh }   all in 0..1 of the picture,
//         above, below: colour stops, limit, ticks, opacity, threshold, smooth, hidden, pinned, hint, unit, token }]

const instances = new WeakMap()
const SHARP = 560 // the smooth map is drawn at most this wide, then enlarged by the browser

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

// For every pixel along one axis: the cell to its left, and how far it is on the way to the next.
function along(axis, pixels) {
  const { centre } = axis, n = centre.length
  return Array.from({ length: pixels }, (_, p) => {
    if (n === 1) return [0, 0, 0]
    const u = Math.max(0, Math.min(n - 1, ((p + 0.5) / pixels - centre[0]) / (centre[1] - centre[0])))
    const i = Math.min(Math.floor(u), n - 2)
    return [i, i + 1, u - i]
  })
}

function sampled(data, values, w, h) {
  const x = along(data.columns, w), y = along(data.rows, h), n = data.columns.centre.length
  const out = new Float32Array(w * h)
  for (let q = 0; q < h; q++) {
    const [top, bottom, v] = y[q]
    for (let p = 0; p < w; p++) {
      const [left, right, u] = x[p]
      const upper = values[top * n + left] * (1 - u) + values[top * n + right] * u
      const lower = values[bottom * n + left] * (1 - u) + values[bottom * n + right] * u
      out[q * w + p] = upper * (1 - v) + lower * v
    }
  }
  return out
}

function nearest(axis, at) {
  const i = axis.low.findIndex((low, k) => at >= low && at < axis.high[k])
  if (i >= 0) return i
  return at < axis.low[0] === axis.centre[0] < axis.centre.at(-1) ? 0 : axis.centre.length - 1
}

function drawMap(canvas, data, panel) {
  const w = canvas.clientWidth, h = canvas.clientHeight
  if (!w || !h) return
  const wide = Math.min(SHARP, w), high = Math.max(1, Math.round(wide * h / w))
  const image = new ImageData(wide, high), paint = painter(data, panel.limit)
  const field = sampled(data, panel.values, wide, high)
  const n = data.columns.centre.length
  let source = field
  if (!data.smooth) {
    source = new Float32Array(wide * high)
    const column = Array.from({ length: wide }, (_, p) => nearest(data.columns, (p + 0.5) / wide))
    const row = Array.from({ length: high }, (_, q) => nearest(data.rows, (q + 0.5) / high))
    for (let q = 0; q < high; q++) for (let p = 0; p < wide; p++) source[q * wide + p] = panel.values[row[q] * n + column[p]]
  }
  const floor = panel.floor
  for (let i = 0; i < source.length; i++) {
    const [r, g, b, strength] = paint(source[i])
    image.data[4 * i] = r; image.data[4 * i + 1] = g; image.data[4 * i + 2] = b
    image.data[4 * i + 3] = 255 * strength * data.opacity
    if (floor !== null && field[i] >= floor) {
      const x = i % wide, inside = k => field[k] >= floor
      const edge = (x > 0 && !inside(i - 1)) || (x < wide - 1 && !inside(i + 1)) || (i >= wide && !inside(i - wide)) || (i + wide < field.length && !inside(i + wide))
      if (edge) image.data.set([255, 255, 255, 255], 4 * i)
    }
  }
  const raw = new OffscreenCanvas(wide, high)
  raw.getContext('2d').putImageData(image, 0, 0)
  const d = window.devicePixelRatio || 1
  canvas.width = w * d; canvas.height = h * d
  const g = canvas.getContext('2d')
  g.imageSmoothingEnabled = true
  g.drawImage(raw, 0, 0, w * d, h * d)
}

function frame(g, [left, top, right, bottom], w, h, dash) {
  g.setLineDash(dash)
  for (const [line, colour] of [[4, '#000'], [2, '#fff']]) {
    g.lineWidth = line; g.strokeStyle = colour
    g.strokeRect(left * w + 2, top * h + 2, Math.max(1, (right - left) * w - 4), Math.max(1, (bottom - top) * h - 4))
  }
}

function drawMarks(canvas, data, panel, cell) {
  const w = canvas.clientWidth, h = canvas.clientHeight, d = window.devicePixelRatio || 1
  canvas.width = w * d; canvas.height = h * d
  const g = canvas.getContext('2d')
  g.scale(d, d)
  const square = ([r, c]) => [data.columns.low[c], data.rows.low[r], data.columns.high[c], data.rows.high[r]]
  const seen = ([r, c]) => [data.columns.windowLow[c], data.rows.windowLow[r], data.columns.windowHigh[c], data.rows.windowHigh[r]]
  if (panel.box && !data.hidden) frame(g, panel.box, w, h, [2, 4])
  if (data.pinned) frame(g, square(data.pinned), w, h, [])
  if (cell) { frame(g, seen(cell), w, h, [10, 6]); frame(g, square(cell), w, h, []) }
}

function drawBar(root, data) {
  const bar = root.querySelector('.bar'), canvas = bar.querySelector('canvas'), ticks = bar.querySelector('.ticks')
  bar.style.display = data.hidden ? 'none' : ''
  const paint = painter(data, data.limit), g = canvas.getContext('2d'), wide = canvas.width = 512
  canvas.height = 1
  g.clearRect(0, 0, wide, 1)
  for (let p = 0; p < wide; p++) {
    const [r, green, b, strength] = paint(((p + 0.5) / wide * 2 - 1) * data.limit)
    g.fillStyle = `rgba(${r}, ${green}, ${b}, ${strength * data.opacity})`
    g.fillRect(p, 0, 1, 1)
  }
  ticks.replaceChildren(...data.ticks.map(value => {
    const tick = document.createElement('span')
    tick.textContent = (value > 0 ? '+' : '') + value.toLocaleString('en-GB').replace('-', '−')
    tick.style.left = 50 + 47 * value / data.limit + '%'
    if (value === 0) tick.className = 'zero'
    return tick
  }))
  const unit = document.createElement('div')
  unit.textContent = data.unit
  unit.style.cssText = 'padding-top: 1.25rem; font-size: .8rem; white-space: normal'
  ticks.append(unit)
  ticks.style.height = 'auto'
}

const signed = value => (value < 0 ? '−' : '+') + Math.abs(value).toFixed(2)

function describe(data, cell) {
  if (!cell) return data.hint
  const [r, c] = cell, i = r * data.columns.centre.length + c
  if (data.hidden) return `Row ${r + 1}, column ${c + 1}. Click, or press Enter, to choose this place.`
  return `Row ${r + 1}, column ${c + 1}: ` + data.panels.map(panel => {
    const value = `${panel.title} ${signed(panel.values[i])} logits`
    if (!panel.channels) return value
    const largest = panel.channels[i].map(([channel, share]) => `channel ${channel} ${signed(share)}`).join(', ')
    return `${value} (largest: ${largest})`
  }).join('; ') + '. Solid: the cell. Dashed: all it can see.'
}

function build(root, count) {
  const panels = root.querySelector('.panels')
  if (panels.children.length === count) return
  panels.replaceChildren(...Array.from({ length: count }, () => {
    const panel = document.createElement('div')
    panel.className = 'panel'
    panel.innerHTML = '<div class="title"><span></span><span></span></div><div class="box"><img><canvas class="map" aria-hidden="true"></canvas><canvas class="marks" aria-hidden="true"></canvas><div class="grid" role="application" tabindex="0"></div></div>'
    return panel
  }))
}

export default function ({ data: [data], parentElement: root, setTriggerValue }) {
  let me = instances.get(root)
  if (!me) { me = { cell: null }; instances.set(root, me) }
  const rows = data.rows.centre.length, columns = data.columns.centre.length
  if (me.cell && (me.cell[0] >= rows || me.cell[1] >= columns)) me.cell = null
  build(root, data.panels.length)
  const panels = [...root.querySelectorAll('.panel')], caption = root.querySelector('.caption')
  const marks = () => {
    panels.forEach((panel, k) => drawMarks(panel.querySelector('.marks'), data, data.panels[k], me.cell))
    caption.textContent = describe(data, me.cell)
  }
  const draw = () => {
    panels.forEach((panel, k) => {
      const canvas = panel.querySelector('.map')
      if (data.hidden) canvas.width = 0
      else drawMap(canvas, data, data.panels[k])
    })
    drawBar(root, data)
    marks()
    root.querySelector('.figure').dataset.painted = data.token
  }
  const go = cell => {
    if (String(cell) === String(me.cell)) return
    me.cell = cell
    marks()
  }
  panels.forEach((panel, k) => {
    const { title, score } = data.panels[k], [name, value] = panel.querySelectorAll('.title span')
    name.textContent = data.hidden ? '' : title
    value.textContent = data.hidden ? '' : score
    const box = panel.querySelector('.box'), img = panel.querySelector('img'), grid = panel.querySelector('.grid')
    box.style.aspectRatio = `${data.width} / ${data.height}`
    box.style.width = `min(100%, calc(75vh * ${data.width / data.height}))`
    if (img.getAttribute('src') !== data.src) img.src = data.src
    img.alt = data.hidden ? 'The photograph without its map, which appears once a place is chosen' : data.panels[k].alt
    grid.setAttribute('aria-label', `${rows} rows by ${columns} columns of cells: move with the arrow keys, choose with Enter, leave with Escape`)
    const under = event => {
      const b = grid.getBoundingClientRect()
      return [nearest(data.rows, (event.clientY - b.top) / b.height), nearest(data.columns, (event.clientX - b.left) / b.width)]
    }
    grid.onpointermove = event => go(under(event))
    grid.onpointerleave = () => go(null)
    grid.onclick = event => { go(under(event)); setTriggerValue('cell', me.cell) }
    grid.onkeydown = event => {
      const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
      if (step) {
        event.preventDefault()
        const from = me.cell ?? data.pinned ?? [Math.floor(rows / 2), Math.floor(columns / 2)]
        go([Math.max(0, Math.min(rows - 1, from[0] + step[0])), Math.max(0, Math.min(columns - 1, from[1] + step[1]))])
      } else if ((event.key === 'Enter' || event.key === ' ') && me.cell) {
        event.preventDefault()
        setTriggerValue('cell', me.cell)
      } else if (event.key === 'Escape') go(null)
    }
  })
  me.draw = draw
  if (!me.resized) {
    me.resized = new ResizeObserver(() => me.draw())
    me.resized.observe(root.querySelector('.panels'))
  }
  draw()
  return () => { me.resized.disconnect(); instances.delete(root) }
}

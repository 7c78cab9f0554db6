// Class maps over a photograph, drawn in the browser: hovering costs no round trip to the server.
//
// data: [{ src, alt, width, height, panels: [{ title, score, values, limit, floor, box, channels, selected, marks }],
//         columns, rows: { centre, low, high, windowLow, windowHigh }   all in 0..1 of the picture,
//         above, below: colour stops, limit, ticks, opacity, threshold, smooth, hidden, pinned, places, bounded, hint, unit, measure, least, token }]

const instances = new WeakMap()
const SHARP = 560 // the smooth map is drawn at most this wide, then enlarged by the browser

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
  const within = (axis, at) => !data.bounded || (at >= Math.min(...axis.low) && at < Math.max(...axis.high))
  const across = Array.from({ length: wide }, (_, p) => within(data.columns, (p + 0.5) / wide))
  const down = Array.from({ length: high }, (_, q) => within(data.rows, (q + 0.5) / high))
  for (let i = 0; i < source.length; i++) {
    if (!across[i % wide] || !down[Math.floor(i / wide)]) continue
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

// Cells that a pooling selected, as places in the map: a line runs where a neighbour is not among them.
function outline(g, data, selected, w, h, dash) {
  const n = data.columns.centre.length, inside = new Set(selected), path = new Path2D()
  const has = (r, c) => c >= 0 && c < n && inside.has(r * n + c)
  const before = axis => axis.centre[0] <= axis.centre.at(-1) ? axis.low : axis.high
  const after = axis => axis.centre[0] <= axis.centre.at(-1) ? axis.high : axis.low
  const [left, right, top, bottom] = [before(data.columns), after(data.columns), before(data.rows), after(data.rows)]
  const line = (x1, y1, x2, y2) => { path.moveTo(x1 * w, y1 * h); path.lineTo(x2 * w, y2 * h) }
  for (const i of inside) {
    const r = Math.floor(i / n), c = i % n
    if (!has(r - 1, c)) line(left[c], top[r], right[c], top[r])
    if (!has(r + 1, c)) line(left[c], bottom[r], right[c], bottom[r])
    if (!has(r, c - 1)) line(left[c], top[r], left[c], bottom[r])
    if (!has(r, c + 1)) line(right[c], top[r], right[c], bottom[r])
  }
  for (const [wide, colour] of [[4, '#000'], [2, '#fff']]) {
    g.setLineDash(dash); g.lineWidth = wide; g.strokeStyle = colour
    g.stroke(path)
  }
}

// A box or a point over the map, with a word that says what it is.
function mark(g, { at, word, colour, dash, corner }, w, h) {
  const left = at[0] * w, top = at[1] * h
  if (at.length === 2) {
    for (const [line, ink] of [[5, '#000'], [2.5, colour]]) {
      g.setLineDash([]); g.lineWidth = line; g.strokeStyle = ink
      g.beginPath(); g.moveTo(left - 9, top); g.lineTo(left + 9, top); g.moveTo(left, top - 9); g.lineTo(left, top + 9); g.stroke()
    }
    return
  }
  const x = Math.max(left, 2), y = Math.max(top, 2), right = Math.min(at[2] * w, w - 2), bottom = Math.min(at[3] * h, h - 2)
  for (const [line, ink] of [[4, '#000'], [2, colour]]) {
    g.setLineDash(dash.map(n => 2 * n)); g.lineWidth = line; g.strokeStyle = ink
    g.strokeRect(x, y, Math.max(1, right - x), Math.max(1, bottom - y))
  }
  if (!word || !corner) return
  g.font = '600 11px sans-serif'
  const wide = g.measureText(word).width + 8
  if (wide > right - x || bottom - y < 20) return // it would hide what is marked
  const a = Math.max(0, Math.min(w - wide, corner.endsWith('left') ? x + 2 : right - wide - 2))
  const b = Math.max(0, Math.min(h - 16, corner.startsWith('top') ? y + 2 : bottom - 18))
  g.fillStyle = '#000'; g.fillRect(a, b, wide, 16)
  g.fillStyle = colour; g.fillText(word, a + 4, b + 12)
}

function drawMarks(canvas, data, panel, cell, place) {
  const w = canvas.clientWidth, h = canvas.clientHeight, d = window.devicePixelRatio || 1
  canvas.width = w * d; canvas.height = h * d
  const g = canvas.getContext('2d')
  g.scale(d, d)
  const square = ([r, c]) => [data.columns.low[c], data.rows.low[r], data.columns.high[c], data.rows.high[r]]
  const seen = ([r, c]) => [data.columns.windowLow[c], data.rows.windowLow[r], data.columns.windowHigh[c], data.rows.windowHigh[r]]
  if (panel.selected && !data.hidden) panel.selected.forEach((cells, k) => outline(g, data, cells, w, h, k ? [5, 4] : []))
  if (panel.box && !data.hidden) frame(g, panel.box, w, h, [2, 4])
  if (!data.hidden) panel.marks.forEach(one => mark(g, one, w, h))
  if (data.pinned) frame(g, square(data.pinned), w, h, [])
  if (cell && !place) { frame(g, seen(cell), w, h, [10, 6]); frame(g, square(cell), w, h, []) }
  if (!place) return
  const held = holding(data, place)
  if (held) {
    const first = [held.rows[0], held.columns[0]], last = [held.rows[1], held.columns[1]]
    frame(g, [...square(first).slice(0, 2), ...square(last).slice(2)], w, h, [])
    frame(g, [...seen(first).slice(0, 2), ...seen(last).slice(2)], w, h, [10, 6])
  }
  for (const [radius, colour] of [[6, '#000'], [4, '#fff']]) {
    g.fillStyle = colour
    g.beginPath(); g.arc(place[0] * w, place[1] * h, radius, 0, 7); g.fill()
  }
}

// First and last cell along one axis whose windows hold a place; null where none does.
function covering(axis, at) {
  const held = axis.centre.map((_, i) => i).filter(i => axis.windowLow[i] <= at && at < axis.windowHigh[i])
  return held.length ? [held[0], held.at(-1)] : null
}

function holding(data, [x, y]) {
  const rows = covering(data.rows, y), columns = covering(data.columns, x)
  if (!rows || !columns) return null
  const cells = []
  for (let r = rows[0]; r <= rows[1]; r++) for (let c = columns[0]; c <= columns[1]; c++) cells.push([r, c])
  return { rows, columns, cells }
}

// The cell of the highest value among those whose windows hold a place.
function highest(data, place) {
  const cells = holding(data, place)?.cells ?? [], value = ([r, c]) => data.panels[0].values[r * data.columns.centre.length + c]
  return cells.reduce((best, cell) => best && value(best) >= value(cell) ? best : cell, null)
}

const signed = value => (value < 0 ? '−' : '+') + Math.abs(value).toFixed(2)

function describePlace(data, place) {
  const held = holding(data, place), n = data.columns.centre.length, all = n * data.rows.centre.length
  const at = `${Math.round(place[0] * data.width)} across, ${Math.round(place[1] * data.height)} down`
  if (!held) return `${at}: no window holds this place.`
  const span = ([first, last], one) => first === last ? `${one} ${first + 1}` : `${one}s ${first + 1} to ${last + 1}`
  return `${at}: ${held.cells.length} of ${all} windows hold this place, ${span(held.rows, 'row')}, ${span(held.columns, 'column')}. ` + data.panels.map(panel => {
    const values = held.cells.map(([r, c]) => panel.values[r * n + c]), mean = values.reduce((sum, v) => sum + v, 0) / values.length
    return `${panel.title}: ${signed(Math.min(...values))} to ${signed(Math.max(...values))}, mean ${signed(mean)} logits`
  }).join('; ') + '. Solid: their cells. Dashed: all that they see. Click or Enter keeps the highest.'
}

function describe(data, cell) {
  if (!cell) return data.hint
  const [r, c] = cell, i = r * data.columns.centre.length + c
  if (data.hidden) return `Row ${r + 1}, column ${c + 1}. Click, or press Enter, to choose this place.`
  return `Row ${r + 1}, column ${c + 1}: ` + data.panels.map(panel => {
    const which = (panel.selected ?? []).map((cells, k) => cells.includes(i) ? ', in h' + '⁺⁻'[k] : '').join('')
    const value = `${panel.title} ${signed(panel.values[i])} ${data.measure}${which}`
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
  if (!me) { me = { cell: null, place: null }; instances.set(root, me) }
  const rows = data.rows.centre.length, columns = data.columns.centre.length
  if (me.cell && (me.cell[0] >= rows || me.cell[1] >= columns)) me.cell = null
  if (!data.places) me.place = null
  build(root, data.panels.length)
  root.querySelector('.panels').style.setProperty('--least', data.least)
  const panels = [...root.querySelectorAll('.panel')], caption = root.querySelector('.caption')
  const marks = () => {
    panels.forEach((panel, k) => drawMarks(panel.querySelector('.marks'), data, data.panels[k], me.cell, me.place))
    caption.textContent = me.place ? describePlace(data, me.place) : describe(data, me.cell)
  }
  const draw = () => {
    panels.forEach((panel, k) => {
      const canvas = panel.querySelector('.map')
      if (data.hidden) canvas.width = 0
      else drawMap(canvas, data, data.panels[k])
    })
    root.querySelector('.bar').style.display = data.hidden ? 'none' : ''
    drawBar(root, data, data.limit, -data.limit, data.opacity)
    marks()
    root.querySelector('.figure').dataset.painted = data.token
  }
  const go = (cell, place = null) => {
    if (String(cell) === String(me.cell) && String(place) === String(me.place)) return
    me.cell = cell
    me.place = place
    marks()
  }
  const keep = () => {
    const cell = me.place ? highest(data, me.place) : me.cell
    if (cell) setTriggerValue('cell', cell)
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
    const at = event => {
      const b = grid.getBoundingClientRect()
      return [(event.clientX - b.left) / b.width, (event.clientY - b.top) / b.height]
    }
    const cellAt = ([x, y]) => [nearest(data.rows, y), nearest(data.columns, x)]
    const point = place => go(cellAt(place), data.places ? place : null)
    grid.onpointermove = event => point(at(event))
    grid.onpointerleave = () => go(null)
    grid.onclick = event => { point(at(event)); keep() }
    grid.onkeydown = event => {
      const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
      if (step && data.places) {
        event.preventDefault()
        const jump = axis => axis.centre.length > 1 ? Math.abs(axis.centre[1] - axis.centre[0]) : 0.1
        const [x, y] = me.place ?? [0.5, 0.5], within = value => Math.max(0, Math.min(0.9999, value))
        point([within(x + step[1] * jump(data.columns)), within(y + step[0] * jump(data.rows))])
      } else if (step) {
        event.preventDefault()
        const from = me.cell ?? data.pinned ?? [Math.floor(rows / 2), Math.floor(columns / 2)]
        go([Math.max(0, Math.min(rows - 1, from[0] + step[0])), Math.max(0, Math.min(columns - 1, from[1] + step[1]))])
      } else if ((event.key === 'Enter' || event.key === ' ') && me.cell) {
        event.preventDefault()
        keep()
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

// Paper on which digits are written with mouse, pen, finger or keys. After every stroke the picture goes
// to the server; what the network says of it is laid over the paper and drawn as one map a class.
//
// data: [{ base, src, size: [width, height], version, thickness, hint, keys, token, probability,
//         above, below: colour stops, ticks, unit,
//         reading: null or { version, names, maps: [[...]], alts, limit, text,
//                   columns, rows: { count, first, step, reach }   in 0..1 of the paper,
//                   marks: [{ x, y, r, label }]   in 0..1 of the paper; r of its width } }]
//
// `base` names the picture underneath (a scene); strokes lie over it. A new name takes them away.

const papers = new WeakMap()
const PAUSE = 150 // ms after a stroke before the picture is sent
const LARGE = 2 // screen pixels for a paper's pixel at least, on a blank paper: fingers write large
const TALL = 20, WIDE = 14 // of a digit written with a key, in the paper's pixels
const RING = '#0a6558'
const DIGITS = [
  'M7 0C2 0 0 5 0 10S2 20 7 20 14 15 14 10 12 0 7 0Z',
  'M8 0 6 20',
  'M1 6C1 2 4 0 7 0S13 2 13 6C13 11 1 16 0 20H14',
  'M1 2C4-1 12 0 12 5 12 8 9 9.5 5 9.5 10 9.5 13 11 13 15 13 21 3 21 0 17',
  'M10 20V0L0 13H14',
  'M13 0H3L2 8C5 7 13 7 13 13.5 13 21 3 21 0 17',
  'M11 0C5 2 0 8 0 14 0 18 3 20 7 20S13 18 13 14 10 9 7 9 0 11 0 14',
  'M0 0H13L5 20',
  'M7 9C3 9 1 7 1 4.5S3 0 7 0 13 2 13 4.5 11 9 7 9 0 11 0 14.5 3 20 7 20 14 18 14 14.5 11 9 7 9Z',
  'M13 6C13 3 11 0 7 0S0 3 0 6 3 11 7 11 13 9 13 6L11 20',
]

// A smooth line through the points where the pointer was.
function smooth(points) {
  const path = new Path2D()
  path.moveTo(...points[0])
  points.slice(1).forEach(([x, y], i) => { const [a, b] = points[i]; path.quadraticCurveTo(a, b, (a + x) / 2, (b + y) / 2) })
  const [x, y] = points.at(-1)
  path.lineTo(x + 0.01, y)
  return path
}

function stamped(digit, [x, y]) {
  const path = new Path2D()
  path.addPath(new Path2D(DIGITS[digit]), new DOMMatrix([1, 0, 0, 1, x - WIDE / 2, y - TALL / 2]))
  return path
}

// What lies on the paper: the scene and every stroke since the paper was last cleared.
function sheet(me) {
  const last = me.acts.findLastIndex(act => act.size)
  return { size: last < 0 ? me.size : me.acts[last].size, image: last < 0 ? me.image : null, strokes: me.acts.slice(last + 1) }
}

function drawInk(g, me, scale) {
  const { size: [w, h], image, strokes } = sheet(me)
  g.setTransform(scale, 0, 0, scale, 0, 0)
  g.fillStyle = '#fff'
  g.fillRect(0, 0, w, h)
  if (image?.complete && image.naturalWidth) g.drawImage(image, 0, 0, w, h)
  g.strokeStyle = '#000'; g.lineWidth = me.thickness; g.lineCap = g.lineJoin = 'round'
  for (const { path } of strokes) g.stroke(path)
  if (me.points) g.stroke(smooth(me.points))
}

// The picture as the network gets it, one pixel of the canvas for each of the paper's.
function picture(me) {
  const [w, h] = sheet(me).size, canvas = Object.assign(document.createElement('canvas'), { width: w, height: h })
  drawInk(canvas.getContext('2d'), me, 1)
  return canvas.toDataURL('image/png')
}

// A canvas with a pixel for each of the screen's; null while it has no room.
function context(canvas) {
  const w = canvas.clientWidth, h = canvas.clientHeight, d = window.devicePixelRatio || 1
  if (!w || !h) return null
  canvas.width = Math.round(w * d); canvas.height = Math.round(h * d)
  const g = canvas.getContext('2d')
  g.scale(d, d)
  return { g, w, h, d }
}

const chance = logit => 1 / (1 + Math.exp(-logit))

// How a value is painted: as it is, or as a probability.
const paintOf = (data, limit) => { const paint = painter(data, data.probability ? 1 : limit); return data.probability ? value => paint(chance(value)) : paint }

const nearest = (axis, at) => Math.max(0, Math.min(axis.count - 1, Math.round((at - axis.first) / axis.step)))

// The cell that looks at a place, its centre and its window.
function cellAt(reading, [x, y]) {
  const column = nearest(reading.columns, x), row = nearest(reading.rows, y)
  const u = reading.columns.first + column * reading.columns.step, v = reading.rows.first + row * reading.rows.step
  return { row, column, index: row * reading.columns.count + column, centre: [u, v], window: [u - reading.columns.reach, v - reading.rows.reach, 2 * reading.columns.reach, 2 * reading.rows.reach] }
}

function frame(g, [x, y, a, b], w, h) {
  for (const [line, colour] of [[3, '#fff'], [1.5, '#000']]) {
    g.lineWidth = line; g.strokeStyle = colour
    g.strokeRect(x * w, y * h, a * w, b * h)
  }
}

function drawMap(canvas, ink, data, k) {
  const room = context(canvas), { reading } = data
  if (!room) return
  const { g, w, h } = room, { columns, rows } = reading
  const image = new ImageData(columns.count, rows.count), paint = paintOf(data, reading.limit)
  reading.maps[k].forEach((value, i) => {
    const [r, green, b, strength] = paint(value)
    image.data.set([r, green, b, 255 * strength], 4 * i)
  })
  const raw = new OffscreenCanvas(columns.count, rows.count)
  raw.getContext('2d').putImageData(image, 0, 0)
  g.globalAlpha = 0.3
  g.drawImage(ink, 0, 0, w, h)
  g.globalAlpha = 1
  g.imageSmoothingEnabled = false
  g.drawImage(raw, (columns.first - columns.step / 2) * w, (rows.first - rows.step / 2) * h, columns.count * columns.step * w, rows.count * rows.step * h)
}

function drawMarks(canvas, data, me, fresh) {
  const room = context(canvas)
  if (!room) return
  const { g, w, h } = room, { reading } = data
  if (fresh) for (const { x, y, r, label } of reading.marks) {
    const size = Math.max(12, Math.min(18, 0.5 * r * w))
    for (const [line, colour] of [[5, '#fff'], [2.5, RING]]) {
      g.lineWidth = line; g.strokeStyle = colour
      g.beginPath(); g.roundRect((x - r) * w, y * h - r * w, 2 * r * w, 2 * r * w, 0.35 * r * w); g.stroke()
    }
    g.font = `700 ${size}px ${getComputedStyle(canvas).fontFamily}`
    const wide = g.measureText(label).width + 0.7 * size
    const left = Math.min(w - wide, (x - r) * w), top = Math.max(0, y * h - r * w - 1.1 * size)
    g.fillStyle = RING
    g.beginPath(); g.roundRect(left, top, wide, 1.2 * size, 0.3 * size); g.fill()
    g.fillStyle = '#fff'; g.textBaseline = 'middle'
    g.fillText(label, left + 0.35 * size, top + 0.65 * size)
  }
  if (me.points) return
  if (me.place && fresh) frame(g, cellAt(reading, me.place).window, w, h)
  if (me.keys && me.place) {
    const [x, y] = [me.place[0] * w, me.place[1] * h]
    g.strokeStyle = RING; g.lineWidth = 2
    g.beginPath(); g.moveTo(x - 9, y); g.lineTo(x + 9, y); g.moveTo(x, y - 9); g.lineTo(x, y + 9); g.stroke()
  }
}

const percent = logit => (100 * chance(logit)).toFixed(1) + ' %'
const signed = value => (value < 0 ? '−' : '+') + Math.abs(value).toFixed(2)

function describe(data, me, size) {
  const { reading } = data
  if (!me.place) return 'Point at the paper or at a map: the window there, and what all ten say of it.'
  const { index, window: [x, y, a, b] } = cellAt(reading, me.place)
  const from = (share, side) => Math.round(share * side)
  const order = reading.names.map((name, k) => [name, reading.maps[k][index]]).sort((one, other) => other[1] - one[1])
  return `Window from ${from(x, size[0])} to ${from(x + a, size[0])} across and ${from(y, size[1])} to ${from(y + b, size[1])} down: `
    + order.slice(0, 3).map(([name, value]) => `${name} with ${percent(value)} (${signed(value)} logits)`).join(', ') + `; the other ${order.length - 3} less.`
}

function build(root, reading) {
  const maps = root.querySelector('.maps')
  if (maps.children.length === reading.names.length) return
  maps.replaceChildren(...reading.names.map(() => {
    const map = document.createElement('div')
    map.className = 'map'
    map.innerHTML = '<div class="title"><span></span><span></span></div><div class="box"><canvas class="values" role="img"></canvas><canvas class="place" aria-hidden="true"></canvas></div>'
    return map
  }))
}

export default function ({ data: [data], parentElement: root, setStateValue }) {
  let me = papers.get(root)
  if (!me || me.base !== data.base) {
    clearTimeout(me?.timer)
    const image = data.src ? new Image() : null
    me = { base: data.base, size: data.size, image, acts: [], points: null, place: null, keys: false, version: data.version, resized: me?.resized }
    papers.set(root, me)
    if (image) { image.onload = () => me.draw(); image.src = data.src }
  }
  me.thickness = data.thickness
  const $ = name => root.querySelector(name), figure = $('.figure'), paper = $('.paper'), ink = $('.ink')
  const { reading } = data
  const fresh = () => reading !== null && reading.version === me.version
  const shares = ([x, y]) => { const [w, h] = sheet(me).size; return [x / w, y / h] }

  const marks = () => {
    drawMarks($('.marks'), data, me, fresh())
    if (!reading) return
    root.querySelectorAll('.map .place').forEach(canvas => {
      const room = context(canvas)
      if (!room || !me.place || !fresh()) return
      const { columns, rows } = reading, { centre: [u, v], window } = cellAt(reading, me.place)
      frame(room.g, window, room.w, room.h)
      frame(room.g, [u - columns.step / 2, v - rows.step / 2, columns.step, rows.step], room.w, room.h)
    })
    $('.caption').textContent = fresh() ? describe(data, me, sheet(me).size) : ''
  }
  const draw = () => {
    const { size: [w, h], image, strokes } = sheet(me)
    paper.style.aspectRatio = `${w} / ${h}`
    figure.toggleAttribute('data-narrow', figure.clientWidth < 480)
    const room = context(ink)
    if (room) drawInk(room.g, me, room.d * room.w / w)
    $('.undo').disabled = !me.acts.length
    $('.clear').disabled = !image && !strokes.length
    figure.toggleAttribute('data-stale', !fresh())
    marks()
  }
  const show = () => {
    draw()
    if (!reading) return
    root.querySelectorAll('.map').forEach((map, k) => {
      const [name, value] = map.querySelectorAll('.title span')
      name.textContent = reading.names[k]
      const highest = Math.max(...reading.maps[k])
      value.textContent = data.probability ? percent(highest) : signed(highest)
      map.querySelector('.box').style.aspectRatio = paper.style.aspectRatio
      const canvas = map.querySelector('.values')
      canvas.setAttribute('aria-label', reading.alts[k])
      drawMap(canvas, ink, data, k)
    })
    if (data.probability) drawBar(root, data, 1, 0)
    else drawBar(root, data, reading.limit)
    figure.dataset.painted = data.token
  }
  me.draw = show

  const send = () => {
    clearTimeout(me.timer)
    me.timer = setTimeout(() => setStateValue('picture', { base: me.base, version: me.version, png: picture(me) }), PAUSE)
  }
  const change = () => { me.version += 1; draw(); send() }
  const add = act => { me.acts.push(act); change() }
  const at = event => {
    const b = paper.getBoundingClientRect(), [w, h] = sheet(me).size
    return [(event.clientX - b.left) / b.width * w, (event.clientY - b.top) / b.height * h]
  }
  const look = place => { me.place = place; marks() }
  const finish = () => {
    if (!me.points) return
    const path = smooth(me.points)
    me.points = null
    add({ path })
  }

  paper.onpointerdown = event => {
    if (!event.isPrimary || event.button) return
    paper.setPointerCapture(event.pointerId)
    clearTimeout(me.timer)
    me.points = [at(event)]; me.keys = false
    draw()
  }
  paper.onpointermove = event => {
    if (me.points && event.isPrimary) { me.points.push(...(event.getCoalescedEvents?.() ?? [event]).map(at)); draw() }
    else if (event.pointerType !== 'touch') { me.keys = false; look(shares(at(event))) }
  }
  paper.onpointerup = finish
  paper.onpointercancel = finish
  paper.onpointerleave = () => { if (!me.points && !me.keys) look(null) }
  paper.onblur = () => { if (me.keys) { me.keys = false; look(null) } }
  paper.onkeydown = event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const [w, h] = sheet(me).size, far = event.shiftKey ? 16 : 4
    const [x, y] = me.place ? [me.place[0] * w, me.place[1] * h] : [w / 2, h / 2]
    const step = { ArrowUp: [0, -far], ArrowDown: [0, far], ArrowLeft: [-far, 0], ArrowRight: [far, 0] }[event.key]
    const keep = (value, side) => Math.max(0, Math.min(side, value))
    if (step) { me.keys = true; look(shares([keep(x + step[0], w), keep(y + step[1], h)])) }
    else if (/^[0-9]$/.test(event.key)) { me.keys = true; me.place = shares([x, y]); add({ path: stamped(Number(event.key), [x, y]) }) }
    else if (event.key === 'Backspace') $('.undo').click()
    else if (event.key === 'Escape') { me.keys = false; look(null) }
    else return
    event.preventDefault()
  }
  $('.undo').onclick = () => { if (me.acts.pop()) change() }
  $('.clear').onclick = () => {
    const [w] = data.size, wide = Math.max(160, Math.min(w, 8 * Math.round(paper.clientWidth / LARGE / 8)))
    add({ size: [wide, wide / 2] })
  }
  paper.setAttribute('aria-label', `Paper of ${data.size[0]} by ${data.size[1]} pixels to write digits on. ${data.keys}`)
  $('.hint').textContent = data.hint
  if (reading) {
    build(root, reading)
    $('.found').textContent = reading.text
    root.querySelectorAll('.map .box').forEach(box => {
      const under = event => { const b = box.getBoundingClientRect(); return [(event.clientX - b.left) / b.width, (event.clientY - b.top) / b.height] }
      box.onpointermove = event => { me.keys = false; look(under(event)) }
      box.onpointerleave = () => look(null)
    })
  }
  if (!me.resized) { me.resized = new ResizeObserver(() => papers.get(root)?.draw()); me.resized.observe(figure) }
  show()
  return () => { clearTimeout(me.timer); me.resized.disconnect(); papers.delete(root) }
}

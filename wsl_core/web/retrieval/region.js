// A region drawn on a picture: drag with a mouse or a pen, tap two corners, or use the keyboard.
//
// data: [{ src, alt, width, height, region: [left, top, width, height] in pixels of the picture, or null }]

const instances = new WeakMap()
const LEAST = 8 // pixels of the picture that a region has along each side

export default function ({ data: [data], parentElement: root, setTriggerValue }) {
  let me = instances.get(root)
  if (!me) { me = { drawn: null, corner: null, told: null }; instances.set(root, me) }
  const pad = root.querySelector('.pad'), shade = root.querySelector('.shade'), img = root.querySelector('img')
  const picture = root.querySelector('.picture'), caption = root.querySelector('figcaption')
  const given = JSON.stringify([data.src.length, data.region])
  if (me.told !== given) { me.told = given; me.drawn = data.region; me.corner = null }
  if (img.getAttribute('src') !== data.src) img.src = data.src
  img.alt = data.alt
  picture.style.aspectRatio = `${data.width} / ${data.height}`
  picture.style.width = `min(100%, calc(60vh * ${data.width / data.height}))`
  pad.setAttribute('aria-label', 'Region of the picture: arrow keys move it, with Shift they change its size, Enter asks with it, Escape takes the whole picture')

  const draw = () => {
    const box = me.drawn
    shade.style.display = box ? 'block' : 'none'
    if (box) {
      shade.style.left = `${100 * box[0] / data.width}%`; shade.style.top = `${100 * box[1] / data.height}%`
      shade.style.width = `${100 * box[2] / data.width}%`; shade.style.height = `${100 * box[3] / data.height}%`
    }
    caption.textContent = me.corner ? 'Tap the opposite corner.'
      : box ? `Region of ${box[2]} by ${box[3]} pixels, ${box[0]} from the left and ${box[1]} from the top.`
      : 'Drag over a part of the picture to ask with that part alone; on a touch screen tap two corners.'
    root.querySelector('.region').dataset.region = box ? box.join(',') : ''
  }
  const between = (a, b) => {
    const left = Math.round(Math.min(a[0], b[0])), top = Math.round(Math.min(a[1], b[1]))
    return [left, top, Math.round(Math.max(a[0], b[0])) - left, Math.round(Math.max(a[1], b[1])) - top]
  }
  const at = event => {
    const b = pad.getBoundingClientRect(), hold = (n, most) => Math.max(0, Math.min(most, n))
    return [hold((event.clientX - b.left) / b.width, 1) * data.width, hold((event.clientY - b.top) / b.height, 1) * data.height]
  }
  const large = box => box[2] >= LEAST && box[3] >= LEAST
  const tell = () => setTriggerValue('region', me.drawn ?? [])

  pad.onpointerdown = event => {
    if (event.pointerType === 'touch') return
    pad.setPointerCapture(event.pointerId)
    me.start = at(event)
  }
  pad.onpointermove = event => {
    if (!me.start) return
    me.drawn = between(me.start, at(event))
    draw()
  }
  pad.onpointerup = event => {
    if (event.pointerType === 'touch') return
    const box = me.start ? between(me.start, at(event)) : null
    me.start = null
    if (!box) return
    me.drawn = large(box) ? box : null
    draw()
    if (me.drawn || data.region) tell()
  }
  pad.onpointercancel = () => { me.start = null; me.drawn = data.region; draw() }
  pad.onclick = event => {
    if (event.pointerType !== 'touch') return
    const place = at(event)
    if (!me.corner) { me.corner = place; draw(); return }
    const box = between(me.corner, place)
    me.corner = null
    if (large(box)) { me.drawn = box; tell() }
    draw()
  }
  pad.onkeydown = event => {
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key]
    if (step) {
      event.preventDefault()
      const [w, h] = [data.width, data.height], jump = [Math.round(w / 20), Math.round(h / 20)]
      const box = me.drawn ?? [Math.round(w / 4), Math.round(h / 4), Math.round(w / 2), Math.round(h / 2)]
      const [dx, dy] = me.drawn ? [step[0] * jump[0], step[1] * jump[1]] : [0, 0]
      me.drawn = event.shiftKey
        ? [box[0], box[1], Math.max(LEAST, Math.min(w - box[0], box[2] + dx)), Math.max(LEAST, Math.min(h - box[1], box[3] + dy))]
        : [Math.max(0, Math.min(w - box[2], box[0] + dx)), Math.max(0, Math.min(h - box[3], box[1] + dy)), box[2], box[3]]
      draw()
    } else if (event.key === 'Enter' && me.drawn) { event.preventDefault(); tell() }
    else if (event.key === 'Escape') { me.drawn = null; me.corner = null; draw(); if (data.region) tell() }
  }
  draw()
}

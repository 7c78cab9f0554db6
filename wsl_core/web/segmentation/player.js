// Labels over a picture, one set after another: the CRF's work, moved through by hand or played.
//
// data: [{ src, alt, width, height: of the labels, frames: base64 of deflated bytes, frame after frame, a byte
//         a pixel: 0 the background, 1 the first class; count: of frames, at: the frame to show first,
//         colours: [[r, g, b]] of the classes, names: [...], the background first,
//         said: [a sentence a frame], opacity, token }]
// A pixel that the pointer is on is named; the frame that is stopped at is told to the server.

const players = new WeakMap()
const PACE = 450 // ms a frame

async function inflated(text) {
  const packed = Uint8Array.from(atob(text), one => one.charCodeAt(0))
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

export default function ({ data: [data], parentElement: root, setTriggerValue }) {
  const $ = name => root.querySelector(name)
  const figure = $('.player'), picture = $('.picture'), img = $('img'), canvas = $('canvas')
  const play = $('.play'), range = $('input'), shown = $('output'), caption = $('figcaption')
  let me = players.get(root)
  if (!me) { me = { token: null, at: data.at, bytes: null, timer: null }; players.set(root, me) }

  const last = data.count - 1, size = data.width * data.height
  const stop = () => { clearInterval(me.timer); me.timer = null; play.textContent = '▶ Play'; play.setAttribute('aria-label', 'Play the updates of the CRF') }
  const paint = () => {
    if (!me.bytes) return
    canvas.width = data.width; canvas.height = data.height
    const g = canvas.getContext('2d'), image = g.createImageData(data.width, data.height)
    const from = me.at * size, full = 255, half = Math.round(255 * data.opacity)
    for (let i = 0; i < size; i++) {
      const label = me.bytes[from + i]
      if (!label) continue
      const edge = (i % data.width && me.bytes[from + i - 1] !== label) || (i >= data.width && me.bytes[from + i - data.width] !== label)
        || ((i + 1) % data.width && me.bytes[from + i + 1] !== label) || (i + data.width < size && me.bytes[from + i + data.width] !== label)
      image.data.set([...data.colours[label - 1], edge ? full : half], 4 * i)
    }
    g.putImageData(image, 0, 0)
    range.value = me.at
    range.setAttribute('aria-valuetext', `${me.at} of ${last} updates`)
    shown.textContent = last ? `${me.at} of ${last}` : ''
    img.alt = `${data.alt} ${data.said[me.at]}`
    caption.textContent = data.said[me.at]
    figure.dataset.painted = `${data.token}-${me.at}`
  }
  const go = at => { me.at = Math.max(0, Math.min(last, at)); paint() }

  if (img.getAttribute('src') !== data.src) img.src = data.src
  picture.style.aspectRatio = `${data.width} / ${data.height}`
  picture.style.width = `min(100%, calc(62vh * ${data.width / data.height}))`
  range.max = last
  range.setAttribute('aria-label', 'Updates of the CRF that are shown')
  $('.row').hidden = last < 1
  if (me.token !== data.token) {
    stop()
    me.token = data.token; me.at = Math.min(last, data.at); me.bytes = null
    delete figure.dataset.painted
    inflated(data.frames).then(bytes => { if (me.token === data.token) { me.bytes = bytes; paint() } })
  } else paint()

  const tell = () => { if (me.at !== data.at) setTriggerValue('reached', me.at) }
  range.oninput = () => { stop(); go(Number(range.value)) }
  range.onchange = tell
  play.onclick = () => {
    if (me.timer) { stop(); tell(); return }
    if (me.at >= last) go(0)
    play.textContent = '⏸ Pause'
    play.setAttribute('aria-label', 'Pause')
    caption.setAttribute('aria-live', 'off')
    me.timer = setInterval(() => { go(me.at + 1); if (me.at >= last) { stop(); caption.setAttribute('aria-live', 'polite'); tell() } }, PACE)
  }
  picture.onpointermove = event => {
    if (!me.bytes) return
    const b = picture.getBoundingClientRect()
    const hold = (n, most) => Math.max(0, Math.min(most - 1, Math.floor(n * most)))
    const x = hold((event.clientX - b.left) / b.width, data.width), y = hold((event.clientY - b.top) / b.height, data.height)
    const label = frame => data.names[me.bytes[frame * size + y * data.width + x]]
    caption.textContent = last && label(0) !== label(me.at) ? `Here: ${label(0)} before the CRF, ${label(me.at)} after ${me.at} updates.` : `Here: ${label(me.at)}.`
  }
  picture.onpointerleave = () => paint()
  return () => { clearInterval(me.timer); players.delete(root) }
}

// The figures of a run: the last value of each, and a line of all. Redrawn when new ones come.
const SVG = 'http://www.w3.org/2000/svg'

function make(parent, tag, text, kind) {
  const node = document.createElement(tag)
  if (text) node.textContent = text
  if (kind) node.className = kind
  return parent.appendChild(node)
}

function draw(parent, name, attributes) {
  const node = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  return parent.appendChild(node)
}

function line({ steps, values }) {
  const low = Math.min(...values), high = Math.max(...values)
  const first = steps[0], reach = steps.at(-1) - first
  return values.map((value, i) => {
    const x = reach ? (steps[i] - first) / reach * 100 : 100
    const y = high > low ? (high - value) / (high - low) * 40 : 20
    return (i ? 'L' : 'M') + x.toFixed(2) + ' ' + y.toFixed(2)
  }).join('')
}

function show(place, curve) {
  const figure = make(place, 'figure')
  const caption = make(figure, 'figcaption')
  make(caption, 'span', curve.name)
  make(caption, 'b', curve.last)
  if (curve.values.length < 2) return
  const plot = make(figure, 'div', '', 'plot')
  const reach = make(plot, 'div', '', 'reach')
  reach.setAttribute('aria-hidden', 'true') // the picture's description says it
  make(reach, 'span', curve.high)
  if (curve.low !== curve.high) make(reach, 'span', curve.low)
  const svg = draw(plot, 'svg', {
    viewBox: '0 0 100 40', preserveAspectRatio: 'none', role: 'img', 'aria-label': curve.alt,
  })
  draw(svg, 'line', { x1: 0, y1: 40, x2: 100, y2: 40 })
  draw(svg, 'path', { d: line(curve) })
}

export default function ({ data, parentElement: root }) {
  const place = root.querySelector('.curves')
  place.replaceChildren()
  for (const curve of data[0]) show(place, curve)
}

// The projector: a page is made as large as its first figure, or table, allows in the window; PageDown goes on
// to what comes below it.
const LARGEST = 1.5, SMALLEST = 0.8, STEP = 0.05
const FIGURES = '.stImage, [data-testid^="stBidiComponent"], [data-testid="stMarkdownContainer"] table'
const NARROWEST = 50 // percent of the window
const TALL = 60 // px: less is no figure

export default function ({ data }) {
  const main = document.querySelector('[data-testid="stMainBlockContainer"]')
  const frame = document.querySelector('[data-testid="stMain"]')
  if (!main || !frame) return
  const inside = main.firstElementChild
  const room = () => {
    const foot = document.querySelector('[data-testid="stBottomBlockContainer"]')
    return frame.clientHeight - (foot && !frame.contains(foot) ? foot.offsetHeight : 0)
  }
  const fits = () => {
    const first = [...main.querySelectorAll(FIGURES)].find((one) => one.getBoundingClientRect().height > TALL)
    const top = frame.getBoundingClientRect().top - frame.scrollTop
    return (first || main).getBoundingClientRect().bottom - top <= room()
  }
  let waiting = 0
  const fit = () => {
    waiting = 0
    let zoom = LARGEST, width = 100
    main.style.maxWidth = ''
    for (main.style.zoom = zoom; zoom > SMALLEST && !fits(); main.style.zoom = zoom) zoom -= STEP
    for (; width > NARROWEST && !fits(); main.style.maxWidth = `${width}%`) width -= 5
    document.documentElement.dataset.projector = zoom.toFixed(2)
  }
  const soon = () => { if (!waiting) waiting = setTimeout(fit, 120) }
  const turn = (event) => {
    if (event.key !== 'PageDown' && event.key !== 'PageUp') return
    event.preventDefault()
    frame.scrollBy(0, (event.key === 'PageDown' ? 0.9 : -0.9) * frame.clientHeight)
  }
  const sizes = new ResizeObserver(soon)
  sizes.observe(frame)
  if (inside) sizes.observe(inside)
  document.addEventListener('keydown', turn)
  fit()
  return () => {
    sizes.disconnect()
    clearTimeout(waiting)
    document.removeEventListener('keydown', turn)
    main.style.zoom = main.style.maxWidth = ''
    frame.scrollTo(0, 0)
    delete document.documentElement.dataset.projector
  }
}

// A table of classes and attributes whose cells are there or not: a click, Space or Enter turns one over.
//
// data: [{ title, classes, attributes, cells: rows of booleans, kept: booleans, same: a sentence a class, token }]

function build(root, data) {
  const table = root.querySelector('.attributes'), make = name => document.createElement(name)
  const [rows, columns] = [data.classes.length, data.attributes.length]
  const head = table.tHead, body = table.tBodies[0]
  if (body.rows.length === rows && body.rows[0].cells.length === columns + 2) return
  const first = make('tr'), corner = make('td')
  first.append(corner, ...data.attributes.map(() => {
    const cell = make('th')
    cell.scope = 'col'
    const name = make('div'), whole = make('button')
    whole.className = 'whole'
    cell.append(name, whole)
    return cell
  }))
  head.replaceChildren(first)
  body.replaceChildren(...data.classes.map(() => {
    const line = make('tr'), name = make('th'), same = make('td')
    name.scope = 'row'
    same.className = 'same'
    line.append(name, ...data.attributes.map(() => {
      const cell = make('td'), one = make('button')
      one.className = 'cell'
      cell.append(one)
      return cell
    }), same)
    return line
  }))
}

export default function ({ data: [data], parentElement: root, setTriggerValue }) {
  build(root, data)
  const table = root.querySelector('.attributes'), columns = data.attributes.length
  const cells = data.cells.map(row => [...row]), kept = [...data.kept]
  const buttons = [...table.querySelectorAll('button.cell')], wholes = [...table.querySelectorAll('button.whole')]
  table.caption.textContent = data.title
  const send = () => setTriggerValue('changed', { cells, kept })
  const paint = (r, c) => {
    const one = buttons[r * columns + c], there = cells[r][c]
    one.textContent = there ? '✓' : '✗'
    one.setAttribute('aria-pressed', String(there))
    one.setAttribute('aria-label', `${data.classes[r]}, ${data.attributes[c]}${kept[c] ? '' : ', deleted'}`)
    one.parentElement.classList.toggle('gone', !kept[c])
  }
  const paintWhole = c => {
    wholes[c].textContent = kept[c] ? 'delete' : 'put back'
    wholes[c].setAttribute('aria-label', `${kept[c] ? 'Delete' : 'Put back'} ${data.attributes[c]}`)
    wholes[c].previousSibling.textContent = data.attributes[c]
    wholes[c].previousSibling.classList.toggle('gone', !kept[c])
  }
  const walk = (event, group, at, step) => {
    const way = { ArrowUp: -step, ArrowDown: step, ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (way === undefined) return
    event.preventDefault()
    if (Math.abs(way) === 1 && Math.floor((at + way) / columns) !== Math.floor(at / columns)) return
    if (group === buttons && way === -columns && at < columns) return wholes[at].focus()
    if (group === wholes && way === columns) return buttons[at].focus()
    group[at + way]?.focus()
  }
  buttons.forEach((one, i) => {
    const r = Math.floor(i / columns), c = i % columns
    paint(r, c)
    one.onclick = () => { cells[r][c] = !cells[r][c]; paint(r, c); send() }
    one.onkeydown = event => walk(event, buttons, i, columns)
  })
  wholes.forEach((one, c) => {
    paintWhole(c)
    one.onclick = () => { kept[c] = !kept[c]; paintWhole(c); cells.forEach((_, r) => paint(r, c)); send() }
    one.onkeydown = event => walk(event, wholes, c, columns)
  })
  ;[...table.tBodies[0].rows].forEach((line, r) => {
    line.cells[0].textContent = data.classes[r]
    line.cells[columns + 1].textContent = data.same[r]
    line.classList.toggle('twin', data.same[r] !== '')
  })
  table.dataset.painted = data.token
}

// A table of fields, one a cell of a small map, painted like the maps of the other pages.
//
// data: [{ values: rows of numbers, limit, above, below: colour stops, reach, token }]

const STRENGTH = 0.7 // of the paint at the end of the scale

function shade(input, data) {
  const [r, g, b, share] = painter(data, data.limit)(Number(input.value)), s = share * STRENGTH
  const mixed = [r, g, b].map(c => Math.round(255 + s * (c - 255)))
  input.style.background = `rgb(${mixed})`
  // The darker ground takes the lighter ink: the brightness that the eye gives each colour.
  const light = [0.2126, 0.7152, 0.0722].reduce((sum, weight, k) => sum + weight * (mixed[k] / 255) ** 2.2, 0)
  input.style.color = light > 0.18 ? '#000' : '#fff'
}

export default function ({ data: [data], parentElement: root, setTriggerValue }) {
  const table = root.querySelector('.numbers'), body = table.querySelector('tbody')
  const rows = data.values.length, columns = data.values[0].length
  if (body.rows.length !== rows || body.rows[0].cells.length !== columns) {
    body.replaceChildren(...data.values.map(row => {
      const line = document.createElement('tr')
      line.append(...row.map(() => {
        const cell = document.createElement('td'), input = document.createElement('input')
        input.type = 'number'; input.step = 'any'
        cell.append(input)
        return cell
      }))
      return line
    }))
  }
  const fields = [...body.querySelectorAll('input')], valid = input => input.value !== '' && Math.abs(Number(input.value)) <= data.reach
  const send = () => setTriggerValue('written', data.values.map((row, r) => row.map((_, c) => fields[r * columns + c].value)))
  const refuse = () => {
    const bad = fields.find(input => !valid(input))
    root.querySelector('.refusal').textContent = bad ? `${bad.ariaLabel} holds no number from −${data.reach} to ${data.reach}. Write one; until then the schemes show the map before.` : ''
  }
  fields.forEach((input, i) => {
    const r = Math.floor(i / columns), c = i % columns
    if (Number(input.value) !== data.values[r][c] || input.value === '') input.value = data.values[r][c]
    input.setAttribute('aria-label', `Row ${r + 1}, column ${c + 1}`)
    input.setAttribute('aria-invalid', 'false')
    input.min = -data.reach; input.max = data.reach
    input.oninput = () => { input.setAttribute('aria-invalid', String(!valid(input))); refuse(); shade(input, data) }
    input.onchange = () => { if (fields.every(valid)) send() }
    input.onkeydown = event => {
      const step = { ArrowUp: -columns, ArrowDown: columns }[event.key] // left and right move in the number
      if (step === undefined) return
      event.preventDefault()
      fields[i + step]?.focus()
    }
    shade(input, data)
  })
  refuse()
  table.dataset.painted = data.token
}

'use strict';
// A click on a heading sorts the rows; the first click puts the smallest first, rows without a value go last.
for (const table of document.querySelectorAll('table.sortable')) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const value = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent;
  const compare = (a, b) => isNaN(a) || isNaN(b) ? a.localeCompare(b) : a - b;
  table.classList.add('scripted');
  heads.forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const sign = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1;
      heads.forEach(other => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', sign < 0 ? 'descending' : 'ascending');
      body.append(...[...body.rows].sort((a, b) => {
        const x = value(a, column), y = value(b, column);
        return x === '' || y === '' ? (x === '') - (y === '') : sign * compare(x, y);
      }));
    });
  });
}

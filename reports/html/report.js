'use strict';
(() => {
  const form = document.getElementById('filter');
  if (!form) return;
  const [words, mode, bad, fold, shown] = ['words', 'mode', 'bad', 'fold', 'shown'].map(id => document.getElementById(id));
  const rows = [...document.querySelectorAll('tbody')].map(body => ({
    body, text: body.textContent.toLowerCase(), modes: body.dataset.modes.split(' '), bad: 'bad' in body.dataset
  }));

  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const row of rows) {
      const fits = wanted.every(word => row.text.includes(word)) && (!mode.value || row.modes.includes(mode.value)) &&
        (!bad.checked || row.bad);
      row.body.hidden = !fits;
      if (fits) left += 1;
    }
    shown.textContent = left === rows.length ? '' : left + ' of ' + rows.length + ' rows shown';
  };

  const open_all = open => {
    for (const details of document.querySelectorAll('main details')) details.open = open;
    fold.setAttribute('aria-pressed', String(open));
    fold.textContent = open ? 'Fold all' : 'Unfold all';
  };

  form.addEventListener('submit', event => event.preventDefault());
  for (const control of [words, mode, bad]) control.addEventListener('input', filter);
  fold.addEventListener('click', () => open_all(fold.getAttribute('aria-pressed') !== 'true'));
  window.addEventListener('beforeprint', () => open_all(true));
  form.hidden = false;
  filter();
})();

'use strict';
/* Elements of the page, which change only where their content does. */
const Elements = (() => {
  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  /**
   * Changes only those children that have changed, so that focus, selections and what is read out stay. items: [{key,
   * content, make}]: a child of the same key and content is kept, another one is made.
   */
  function fill(parent, items) {
    const before = new Map([...parent.children].map(child => [child.dataset.key, child]));
    const wanted = items.map(({key, content, make}) => {
      const text = JSON.stringify(content), old = before.get(String(key));
      if (old && old.content === text) return old;
      const made = make();
      made.dataset.key = key;
      made.content = text;
      return made;
    });
    const kept = new Set(wanted);
    for (const child of [...parent.children]) if (!kept.has(child)) child.remove();
    wanted.forEach((child, i) => { if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] || null); });
  }

  /** The items of a table's rows: [{key, cells: [[text, attributes]]}]. */
  const rows = list => list.map(({key, cells, name = 'td'}) => ({key, content: cells, make: () => {
    const row = element('tr');
    row.append(...cells.map(([text, attributes]) => element(name, text, attributes)));
    return row;
  }}));

  /** Opens on a click, as well as on the keys that press a button. */
  function pressed(shape, open) {
    shape.addEventListener('click', open);
    shape.addEventListener('keydown', event => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      open();
    });
  }

  return {element, fill, rows, pressed};
})();

/* Charts of the page: they draw what they are given, and know nothing of runs. */
const Charts = (() => {
  /* Okabe and Ito's colours, those that are light made darker: each has a contrast of 3 to 1 with white and with black. */
  const COLOURS = ['#0072b2', '#d55e00', '#007a58', '#c56f9e', '#c08600', '#3f97cc', '#8c8c8c', '#978900'];
  const PARTS = {
    load: '#8c8c8c', compute: '#0072b2', moments: '#c08600', gradients: '#d55e00', commit: '#c56f9e', update: '#007a58'
  };
  const FONT = '12px system-ui, sans-serif';
  const drawn = new Map();
  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function number(value, digits = 4) {
    if (value === null || value === undefined || !isFinite(value)) return '–';
    const size = Math.abs(value);
    if (size >= 1e6 || size > 0 && size < 1e-3) return value.toExponential(2);
    return String(+value.toPrecision(digits));
  }

  const whole = value => value === null || value === undefined ? '–' : Math.round(value).toLocaleString('en');

  /** Texts of an axis's ticks, with as many digits as tell neighbours apart that have this distance. */
  function ticks(values, distance) {
    const order = value => Math.floor(Math.log10(Math.abs(value)) + 1e-9), isWhole = value => Math.abs(value - Math.round(value)) < 1e-6;
    let digits = -order(distance); // behind the point; fewer than none for tens
    while (digits < 15 && !isWhole(distance * 10 ** digits)) digits++;
    const most = Math.max(...values.map(Math.abs)), isPlain = most === 0 || most >= 1e-3 && most < 1e6;
    return values.map(value => value === 0 ? '0' : isPlain ? value.toFixed(Math.max(0, digits)) : value.toExponential(Math.max(0, order(value) + digits)));
  }

  const ruler = document.createElement('canvas').getContext('2d');
  ruler.font = FONT;
  /** A name with its middle left out, if it is wider than so many pixels: names often differ at their ends. */
  function shorten(name, width) {
    if (ruler.measureText(name).width <= width) return name;
    for (let kept = name.length - 1; kept > 1; kept--) {
      const short = `${name.slice(0, Math.ceil(kept / 2))}…${name.slice(name.length - Math.floor(kept / 2))}`;
      if (ruler.measureText(short).width <= width) return short;
    }
    return '…';
  }

  /** Whether least and most say more than the mean: points of single steps, or of which only means are known, have none. */
  function hasBand({mean, least, most}) {
    const differs = (edge, i) => edge[i] !== null && Math.abs(edge[i] - mean[i]) > 1e-5 * Math.abs(mean[i]);
    return !!least && !!most && mean.some((_, i) => differs(least, i) || differs(most, i));
  }

  /** The part of the steps that is looked at, if that is not all. */
  function zoom(plot) {
    const {min, max} = plot.scales.x, steps = plot.data[0];
    return steps.length > 1 && min !== null && (min > steps[0] || max < steps[steps.length - 1]) ? {min, max} : null;
  }

  /**
   * Lines over steps. lines: [{label, step, mean, least?, most?, colour, points?}]; each has steps of its own. A click, or
   * Enter, calls clicked(step), if it is there.
   */
  function lines(box, title, unit, series, clicked, isLogarithmic) {
    const tables = [], options = [{label: 'step', value: (_, step) => whole(step)}], bands = [];
    for (const line of series.filter(each => each.step.length > 0)) {
      const table = [line.step, line.mean];
      options.push({
        label: line.label, stroke: line.colour, width: 1.5, spanGaps: true, dash: line.dash,
        points: {show: !!line.points, size: 6, fill: line.colour}, value: (_, v) => number(v)
      });
      if (hasBand(line)) {
        const most = options.length;
        table.push(line.most, line.least);
        for (const edge of ['most', 'least'])
          options.push({label: `${line.label}, ${edge}`, stroke: 'transparent', spanGaps: true, points: {show: false}, value: (_, v) => number(v)});
        bands.push({series: [most, most + 1], fill: line.colour + '33'});
      }
      tables.push(table);
    }
    const shape = JSON.stringify(options.map(option => [option.label, option.stroke])) + style('--fore');
    const data = tables.length ? uPlot.join(tables) : [[]];
    const before = drawn.get(box), seen = before && zoom(before.plot);
    const size = {width: Math.max(280, box.clientWidth), height: 240};
    if (before && before.shape === shape) {
      before.clicked = clicked;
      before.plot.setData(data, !seen);
      if (seen) before.plot.redraw();
      if (before.plot.width !== size.width) before.plot.setSize(size);
      if (document.activeElement === box && before.step !== null && (!seen || before.step >= seen.min && before.step <= seen.max)) point(before, before.step);
      return;
    }
    if (before) before.plot.destroy();
    const said = document.createElement('p');
    said.className = 'unseen';
    said.setAttribute('aria-live', 'polite');
    box.replaceChildren(said);
    const axis = {stroke: style('--soft'), grid: {stroke: style('--line'), width: 1}, ticks: {stroke: style('--line')}};
    const steps = {
      ...axis, space: 70, incrs: [...Array(12).keys()].flatMap(power => [1, 2, 5].map(first => first * 10 ** power)),
      values: (_, at) => at.map(whole)
    };
    const values = {
      ...axis, size: (_, texts) => Math.max(56, 22 + 7 * Math.max(0, ...(texts || []).map(text => text.length))),
      values: (_, at, index, space, distance) => isLogarithmic ? at.map(value => value === null ? '' : number(value)) : ticks(at, distance)
    };
    const plot = new uPlot({
      title: unit ? `${title} (${unit})` : title, ...size, axes: [steps, values],
      scales: {x: {time: false}, y: isLogarithmic ? {distr: 3} : {}},
      series: options, bands, legend: {live: true}, cursor: {drag: {x: true, y: false}}
    }, data, box);
    if (seen) plot.setScale('x', seen);
    // The band's edges have no line of their own in the legend.
    plot.root.querySelectorAll('.u-legend .u-series').forEach((row, i) => { if (options[i].stroke === 'transparent') row.hidden = true; });
    const state = {plot, shape, clicked, options, said, step: null};
    drawn.set(box, state);
    box.tabIndex = 0;
    box.setAttribute('role', 'group');
    box.setAttribute('aria-label', `${title}; arrow keys read out the steps`);
    box.onkeydown = event => key(state, event);
    plot.over.addEventListener('mousemove', () => { state.step = null; });
    let single;
    plot.over.addEventListener('click', event => {
      clearTimeout(single);
      const index = plot.cursor.idx;
      if (event.detail > 1 || index === null || index === undefined) return; // a double click ends a zoom
      const step = plot.data[0][index];
      single = setTimeout(() => { if (state.clicked) state.clicked(step); }, 300);
    });
  }

  /** Puts the cursor of a chart at a step, or the next one that has a point. */
  function point(state, step) {
    const {plot} = state, index = plot.data[0].findIndex(each => each >= step);
    if (index < 0) return;
    state.step = plot.data[0][index];
    const value = plot.data.slice(1).map(line => line[index]).find(each => each !== null && each !== undefined);
    plot.setCursor({left: plot.valToPos(state.step, 'x'), top: value === undefined ? 0 : plot.valToPos(value, 'y')});
  }

  function key(state, event) {
    const {plot, options} = state, steps = plot.data[0], [first, last] = plot.series[0].idxs || [0, steps.length - 1];
    if (!steps.length) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (state.clicked && state.step !== null) state.clicked(state.step);
      return;
    }
    const now = state.step === null ? last + 1 : steps.findIndex(step => step >= state.step);
    const to = {ArrowLeft: now - 1, ArrowRight: now + 1, Home: first, End: last}[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const index = Math.max(first, Math.min(last, to));
    point(state, steps[index]);
    state.said.textContent = [`step ${whole(steps[index])}`, ...options.slice(1).map((option, i) => [option.label, plot.data[i + 1][index]])
        .filter(([_, value]) => value !== null && value !== undefined).map(([label, value]) => `${label} ${number(value)}`)].join(', ');
  }

  const SVG = 'http://www.w3.org/2000/svg';
  function node(name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }
  function svg(box, width, height, label, role = 'img') {
    const made = node('svg', {viewBox: `0 0 ${width} ${height}`, role, 'aria-label': label});
    box.replaceChildren(made);
    return made;
  }
  const titled = (shape, text) => { shape.append(node('title', {}, text)); return shape; };
  const named = (name, y, width) => titled(node('text', {x: 0, y}, shorten(name, width - 8)), name);

  /** Bars of parts. rows: [{name, parts: [ms]}]. */
  function waterfall(box, rows, names) {
    const width = Math.max(320, box.clientWidth), left = Math.min(120, width / 4), bar = 22;
    const most = Math.max(1e-9, ...rows.map(row => row.parts.reduce((sum, part) => sum + part, 0)));
    const drawing = svg(box, width, rows.length * (bar + 6) + 24, 'parts of a step, by worker');
    rows.forEach((row, i) => {
      let x = left;
      const y = i * (bar + 6);
      drawing.append(named(row.name, y + 15, left));
      row.parts.forEach((part, j) => {
        const w = part / most * (width - left - 70);
        drawing.append(titled(node('rect', {x, y, width: Math.max(0, w), height: bar, fill: PARTS[names[j]]}),
            `${row.name}: ${names[j]} ${number(part)} ms`));
        x += w;
      });
      drawing.append(node('text', {x: x + 6, y: y + 15}, `${number(row.parts.reduce((sum, part) => sum + part, 0))} ms`));
    });
  }

  /** Areas over steps, one on the other. */
  function stacked(box, steps, parts) {
    const width = Math.max(320, box.clientWidth), height = 200, left = 48, bottom = 20;
    const drawing = svg(box, width, height, 'parts of a step over time');
    if (steps.length < 2) { drawing.append(node('text', {x: 0, y: 20}, 'not enough steps yet')); return; }
    const sums = steps.map((_, i) => Object.values(parts).reduce((sum, part) => sum + (part[i] || 0), 0));
    const sorted = [...sums].sort((a, b) => a - b);
    const most = Math.min(sorted[sorted.length - 1], 2 * sorted[Math.floor(sorted.length * 0.9)]) || 1;
    const x = step => left + (step - steps[0]) / (steps[steps.length - 1] - steps[0]) * (width - left - 4);
    const y = value => height - bottom - Math.min(value, most) / most * (height - bottom - 8);
    let below = steps.map(() => 0);
    for (const [name, part] of Object.entries(parts)) {
      const above = below.map((base, i) => base + (part[i] || 0));
      const up = steps.map((step, i) => `${x(step).toFixed(1)},${y(above[i]).toFixed(1)}`);
      const down = steps.map((step, i) => `${x(step).toFixed(1)},${y(below[i]).toFixed(1)}`).reverse();
      drawing.append(titled(node('polygon', {points: up.concat(down).join(' '), fill: PARTS[name]}), name));
      below = above;
    }
    for (const part of [0, 0.5, 1]) {
      drawing.append(node('text', {x: 0, y: y(most * part) + 4}, `${number(most * part, 3)} ms`));
    }
    drawing.append(node('text', {x: left, y: height - 4}, `step ${whole(steps[0])}`));
    drawing.append(node('text', {x: width - 4, y: height - 4, 'text-anchor': 'end'}, `step ${whole(steps[steps.length - 1])}`));
  }

  /** From dark blue to yellow, as bright as large: also in grey, and for those who see no red or green. */
  function shade(share) {
    const stops = [[0, 32, 77], [64, 77, 107], [124, 123, 120], [188, 175, 111], [255, 234, 70]];
    const at = Math.max(0, Math.min(1, share)) * (stops.length - 1), i = Math.min(stops.length - 2, Math.floor(at));
    return `rgb(${stops[i].map((from, k) => Math.round(from + (stops[i + 1][k] - from) * (at - i))).join(' ')})`;
  }

  /** Which cell of a heatmap is read out. */
  const cells = new WeakMap();

  /** Cells. rows: names; columns: names; values: [row][column]; say(row, column) makes the text of a cell. */
  function heatmap(box, rows, columns, values, say) {
    let cell = box.querySelector('canvas'), said = box.querySelector('.said');
    if (!cell) {
      cell = document.createElement('canvas');
      said = document.createElement('p');
      said.className = 'said';
      said.setAttribute('aria-live', 'polite');
      box.replaceChildren(cell, said);
      cell.tabIndex = 0;
      cell.setAttribute('role', 'img');
      cell.setAttribute('aria-label', 'waits by worker and layer; arrow keys read out the cells');
    }
    const left = Math.min(110, 10 + 7 * Math.max(4, ...rows.map(row => row.length)));
    const wide = Math.max(8, Math.min(44, (Math.max(320, box.clientWidth) - left) / Math.max(1, columns.length)));
    const high = 22, ratio = devicePixelRatio || 1, top = 4;
    const width = Math.max(left + 260, left + wide * columns.length), height = top + high * rows.length + 34;
    cell.width = width * ratio;
    cell.height = height * ratio;
    cell.style.width = width + 'px';
    cell.style.height = height + 'px';
    const pen = cell.getContext('2d'), most = Math.max(1e-9, ...values.flat());
    pen.scale(ratio, ratio);
    pen.font = FONT;
    rows.forEach((row, i) => {
      pen.fillStyle = style('--fore');
      pen.fillText(shorten(row, left - 6), 0, top + i * high + 15);
      columns.forEach((_, j) => {
        pen.fillStyle = shade((values[i][j] || 0) / most);
        pen.fillRect(left + j * wide, top + i * high, wide - 1, high - 1);
      });
    });
    const y = top + high * rows.length + 8;
    for (let k = 0; k < 120; k++) { pen.fillStyle = shade(k / 119); pen.fillRect(left + k, y, 1, 10); }
    pen.fillStyle = style('--soft');
    pen.fillText(`0 to ${number(most, 3)} ms`, left + 128, y + 10);
    const tell = (i, j) => {
      cells.set(box, [i, j]);
      said.textContent = say(i, j);
      cell.title = say(i, j);
    };
    const within = (i, j) => [Math.max(0, Math.min(rows.length - 1, i)), Math.max(0, Math.min(columns.length - 1, j))];
    // Those who listen hear a cell when they come to it, not whenever its number changes.
    said.setAttribute('aria-live', 'off');
    if (cells.has(box)) tell(...within(...cells.get(box)));
    cell.onmousemove = event => {
      const j = Math.floor((event.offsetX - left) / wide), i = Math.floor((event.offsetY - top) / high);
      if (i >= 0 && i < rows.length && j >= 0 && j < columns.length) tell(i, j);
    };
    cell.onfocus = () => {
      said.setAttribute('aria-live', 'polite');
      tell(...within(...(cells.get(box) || [0, 0])));
    };
    cell.onkeydown = event => {
      const move = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[event.key];
      if (!move) return;
      event.preventDefault();
      said.setAttribute('aria-live', 'polite');
      const [i, j] = cells.get(box) || [0, 0];
      tell(...within(i + move[0], j + move[1]));
    };
  }

  /** Rows over time. rows: names; spans: [{row, from, to, text, colour}]; marks: [{key, row, at, text, sign, bad, open}]. */
  function timeline(box, rows, from, to, spans, marks) {
    const width = Math.max(320, box.clientWidth), left = Math.min(120, width / 4), high = 24;
    const drawing = svg(box, width, rows.length * high + 22, 'membership over time', 'group');
    const x = time => left + (time - from) / Math.max(1, to - from) * (width - left - 14);
    rows.forEach((row, i) => {
      drawing.append(named(row, i * high + 15, left));
      drawing.append(node('line', {x1: left, x2: width, y1: i * high + 11, y2: i * high + 11, stroke: style('--line')}));
    });
    for (const span of spans) {
      const w = Math.max(1.5, x(span.to) - x(span.from) - 1);
      drawing.append(titled(node('rect', {x: x(span.from), y: rows.indexOf(span.row) * high + 2, width: w, height: 18, rx: 2, fill: span.colour}), span.text));
      if (w > 9 * span.short.length) drawing.append(node('text', {x: x(span.from) + 4, y: rows.indexOf(span.row) * high + 15, class: 'on'}, span.short));
    }
    for (const mark of marks) {
      const sign = titled(node('text', {
        x: x(mark.at), y: rows.indexOf(mark.row) * high + 16, 'text-anchor': 'middle', tabindex: 0, role: 'button',
        class: mark.bad ? 'sign bad' : 'sign', 'data-key': mark.key, 'aria-label': mark.text
      }, mark.sign), mark.text);
      Elements.pressed(sign, mark.open);
      drawing.append(sign);
    }
    const clock = time => new Date(time).toLocaleTimeString();
    drawing.append(node('text', {x: left, y: rows.length * high + 16}, clock(from)));
    drawing.append(node('text', {x: width - 4, y: rows.length * high + 16, 'text-anchor': 'end'}, clock(to)));
  }

  return {COLOURS, PARTS, number, whole, lines, waterfall, stacked, heatmap, timeline};
})();

'use strict';
/* Charts of the page: they draw what they are given, and know nothing of runs. Colours are Okabe and Ito's. */
const Charts = (() => {
  const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#999999', '#b8a700'];
  const PARTS = {
    load: '#999999', compute: '#0072b2', moments: '#e69f00', gradients: '#d55e00', commit: '#cc79a7', update: '#009e73'
  };
  const drawn = new Map();
  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function number(value, digits = 4) {
    if (value === null || value === undefined || !isFinite(value)) return '–';
    const size = Math.abs(value);
    if (size >= 1e6 || size > 0 && size < 1e-3) return value.toExponential(2);
    return String(+value.toPrecision(digits));
  }

  /** Lines over steps. lines: [{label, step, mean, least?, most?, colour, points?}]; each has steps of its own. */
  function lines(box, title, unit, series, clicked, isLogarithmic) {
    const shown = series.filter(line => line.step.length > 0);
    const tables = [], options = [{label: 'step'}], bands = [];
    for (const line of shown) {
      const table = [line.step, line.mean];
      options.push({
        label: line.label, stroke: line.colour, width: 1.5, spanGaps: true, dash: line.dash,
        points: {show: !!line.points, size: 6, fill: line.colour}, value: (_, v) => number(v)
      });
      if (line.least) {
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
    const before = drawn.get(box);
    const size = {width: Math.max(280, box.clientWidth), height: 240};
    if (before && before.shape === shape) {
      before.plot.setData(data);
      if (before.plot.width !== size.width) before.plot.setSize(size);
      return;
    }
    if (before) before.plot.destroy();
    box.replaceChildren();
    const axis = {stroke: style('--soft'), grid: {stroke: style('--line'), width: 1}, ticks: {stroke: style('--line')}};
    const plot = new uPlot({
      title: unit ? `${title} (${unit})` : title, ...size,
      scales: {x: {time: false}, y: isLogarithmic ? {distr: 3} : {}},
      axes: [{...axis, values: (_, ticks) => ticks.map(tick => number(tick))}, {...axis, size: 56, values: (_, ticks) => ticks.map(tick => number(tick))}],
      series: options, bands, legend: {live: true}, cursor: {drag: {x: true, y: false}}
    }, data, box);
    // The band's edges have no line of their own in the legend.
    plot.root.querySelectorAll('.u-legend .u-series').forEach((row, i) => { if (options[i].stroke === 'transparent') row.hidden = true; });
    box.setAttribute('role', 'img');
    box.setAttribute('aria-label', title);
    plot.over.addEventListener('click', () => {
      const at = plot.cursor.idx;
      if (clicked && at !== null && at !== undefined) clicked(plot.data[0][at]);
    });
    drawn.set(box, {plot, shape});
  }

  addEventListener('resize', () => drawn.forEach(({plot}, box) => {
    if (box.isConnected) plot.setSize({width: Math.max(280, box.clientWidth), height: 240});
  }));

  const SVG = 'http://www.w3.org/2000/svg';
  function node(name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }
  function svg(box, width, height, label) {
    const made = node('svg', {viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label});
    box.replaceChildren(made);
    return made;
  }
  const titled = (shape, text) => { shape.append(node('title', {}, text)); return shape; };

  /** Bars of parts. rows: [{name, parts: [ms]}]. */
  function waterfall(box, rows, names) {
    const width = Math.max(320, box.clientWidth), left = Math.min(120, width / 4), bar = 22;
    const most = Math.max(1e-9, ...rows.map(row => row.parts.reduce((sum, part) => sum + part, 0)));
    const drawing = svg(box, width, rows.length * (bar + 6) + 24, 'parts of a step, by worker');
    rows.forEach((row, i) => {
      let x = left;
      const y = i * (bar + 6);
      drawing.append(node('text', {x: 0, y: y + 15}, row.name));
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
    drawing.append(node('text', {x: left, y: height - 4}, `step ${steps[0]}`));
    drawing.append(node('text', {x: width - 4, y: height - 4, 'text-anchor': 'end'}, `step ${steps[steps.length - 1]}`));
  }

  /** From dark blue to yellow, as bright as large: also in grey, and for those who see no red or green. */
  function shade(share) {
    const stops = [[0, 32, 77], [64, 77, 107], [124, 123, 120], [188, 175, 111], [255, 234, 70]];
    const at = Math.max(0, Math.min(1, share)) * (stops.length - 1), i = Math.min(stops.length - 2, Math.floor(at));
    return `rgb(${stops[i].map((from, k) => Math.round(from + (stops[i + 1][k] - from) * (at - i))).join(' ')})`;
  }

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
    pen.font = '12px system-ui, sans-serif';
    rows.forEach((row, i) => {
      pen.fillStyle = style('--fore');
      pen.fillText(row, 0, top + i * high + 15);
      columns.forEach((_, j) => {
        pen.fillStyle = shade((values[i][j] || 0) / most);
        pen.fillRect(left + j * wide, top + i * high, wide - 1, high - 1);
      });
    });
    const y = top + high * rows.length + 8;
    for (let k = 0; k < 120; k++) { pen.fillStyle = shade(k / 119); pen.fillRect(left + k, y, 1, 10); }
    pen.fillStyle = style('--soft');
    pen.fillText(`0 to ${number(most, 3)} ms`, left + 128, y + 10);
    let at = [0, 0];
    const tell = () => { if (rows.length && columns.length) said.textContent = say(...at); };
    cell.onmousemove = event => {
      const j = Math.floor((event.offsetX - left) / wide), i = Math.floor((event.offsetY - top) / high);
      if (i >= 0 && i < rows.length && j >= 0 && j < columns.length) { at = [i, j]; tell(); }
    };
    cell.onkeydown = event => {
      const move = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[event.key];
      if (!move) return;
      event.preventDefault();
      at = [Math.max(0, Math.min(rows.length - 1, at[0] + move[0])), Math.max(0, Math.min(columns.length - 1, at[1] + move[1]))];
      tell();
    };
  }

  /** Rows over time. rows: names; spans: [{row, from, to, text, colour}]; marks: [{row, at, text, sign, bad, open}]. */
  function timeline(box, rows, from, to, spans, marks) {
    const width = Math.max(320, box.clientWidth), left = Math.min(120, width / 4), high = 24;
    const drawing = svg(box, width, rows.length * high + 22, 'membership over time');
    const x = time => left + (time - from) / Math.max(1, to - from) * (width - left - 14);
    rows.forEach((row, i) => {
      drawing.append(node('text', {x: 0, y: i * high + 15}, row));
      drawing.append(node('line', {x1: left, x2: width, y1: i * high + 11, y2: i * high + 11, stroke: style('--line')}));
    });
    for (const span of spans) {
      const w = Math.max(1.5, x(span.to) - x(span.from) - 1);
      drawing.append(titled(node('rect', {x: x(span.from), y: rows.indexOf(span.row) * high + 2, width: w, height: 18, rx: 2, fill: span.colour}), span.text));
      if (w > 9 * span.short.length) drawing.append(node('text', {x: x(span.from) + 4, y: rows.indexOf(span.row) * high + 15, style: 'fill:#fff'}, span.short));
    }
    for (const mark of marks) {
      const sign = titled(node('text', {
        x: x(mark.at), y: rows.indexOf(mark.row) * high + 16, 'text-anchor': 'middle', tabindex: 0, role: 'button',
        style: `cursor:pointer;font-weight:bold;font-size:15px;fill:${mark.bad ? style('--bad') : style('--fore')}`
      }, mark.sign), mark.text);
      sign.addEventListener('click', mark.open);
      sign.addEventListener('keydown', event => { if (event.key === 'Enter') mark.open(); });
      drawing.append(sign);
    }
    const clock = time => new Date(time).toLocaleTimeString();
    drawing.append(node('text', {x: left, y: rows.length * high + 16}, clock(from)));
    drawing.append(node('text', {x: width - 4, y: rows.length * high + 16, 'text-anchor': 'end'}, clock(to)));
  }

  return {COLOURS, PARTS, number, lines, waterfall, stacked, heatmap, timeline};
})();

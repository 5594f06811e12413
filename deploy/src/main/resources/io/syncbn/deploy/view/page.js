'use strict';
/* The page: takes the data of one or several runs, inside the file or from the server, and fills in the sections. */
(() => {
  const {COLOURS, PARTS, number, whole} = Charts, {element, fill, rows, pressed} = Elements;
  const NAMES = Object.keys(PARTS);
  const at = id => document.getElementById(id);
  const given = JSON.parse(at('data').textContent);
  const EMPTY = {
    state: '', step: 0, settings: {}, fingerprint: '', curves: {}, evaluations: {}, layers: [], layersAWait: 1, workers: [], seats: [],
    events: [], eventsLeftOut: 0, faults: [], digests: [], alarms: []
  };
  const NOTHING = {step: [], mean: []};
  let data = {}, chosen = 0;
  /** When the server was last heard of, and what is wrong with the connection. */
  let heard = new Date(), trouble = '';

  /** Takes in data; what a run lacks, or has as null, is empty. */
  function take(json) {
    if (!json.runs) return;
    data = {runs: json.runs.map(run => {
      const known = {...EMPTY, ...Object.fromEntries(Object.entries(run).filter(([, value]) => value !== null))};
      known.workers.sort((a, b) => inOrder(a.name, b.name));
      return known;
    })};
    heard = new Date();
  }

  const inOrder = (a, b) => a.localeCompare(b, undefined, {numeric: true});

  function duration(seconds) {
    if (seconds === undefined || seconds === null || !isFinite(seconds)) return '–';
    const s = Math.round(seconds);
    return s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
  }

  let asked = 0;
  /** Shows lines of a file of the run, which only a server has. */
  function show(run, file, place, otherwise) {
    const box = at('lines'), question = ++asked;
    box.querySelector('h3').textContent = given.isLive ? `${run.name}: ${file}` : run.name;
    const text = box.querySelector('pre');
    text.textContent = otherwise;
    if (!box.open) box.showModal();
    if (!given.isLive) return;
    const query = new URLSearchParams({run: run.name, file, near: place});
    fetch(`lines?${query}`).then(answer => answer.text()).catch(() => '(the server does not answer)')
        .then(lines => { if (question === asked) text.textContent = `${otherwise}\n\n${lines}`; });
  }

  function header(run) {
    document.title = `${trouble && !isOver(run) ? 'no connection' : run.state} ${run.step}${run.steps ? '/' + run.steps : ''} – ${run.name}`;
    at('title').textContent = data.runs.length === 1 ? run.name : `${data.runs.length} runs`;
    const s = run.settings, result = run.result;
    at('job').textContent = `${s.model} on ${s.data}, ${s.norm || 'batch'} normalization (group ${s['norm-group'] || 'all'}), `
        + `${s.shards} shards × ${s.batch} examples, ${s.optimizer}, learning rate ${s.lr}, seed ${s.seed}`;
    const facts = [
      ['state', run.state], ['step', run.steps ? `${whole(run.step)} of ${whole(run.steps)}` : whole(run.step)], ['epoch', number(run.epoch, 3)],
      ['images/s', number(run.imagesPerSecond, 3)], ['step time', `${number(run.stepMillis, 3)} ms`],
      ['left', run.state === 'running' ? duration(run.secondsLeft) : '–'], ['generation', run.generation],
      ['workers', run.seats.length]
    ];
    if (result) {
      facts.push(['test accuracy', typeof result.testAccuracy === 'number' ? `${number(100 * result.testAccuracy)} %` : '–']);
      facts.push(['weights', result.weightsSha256 ? `${result.weightsSha256.slice(0, 12)}…` : '–']);
    }
    fill(at('state'), facts.map(([name, value]) => ({key: name, content: value, make: () => {
      const box = element('div');
      box.append(element('small', name), element('b', value));
      return box;
    }})));
    at('progress').value = run.steps ? run.step / run.steps : 0;
    fill(at('alarms'), run.alarms.map(text => ({key: text, content: text, make: () => element('li', `⚠ ${text}`)})));
  }

  const isOver = run => ['done', 'stopped', 'failed'].includes(run.state);

  /** What a live page says when nothing comes any more: the browser asks again by itself, unless the server has refused. */
  function connection() {
    const since = `no connection since ${heard.toLocaleTimeString()}`;
    const over = data.runs && data.runs.every(isOver) && `the run is over: ${data.runs.map(run => run.state).join(', ')} (${since})`;
    const text = trouble && (over || `${since}: ${trouble}`);
    if (at('connection').textContent !== text) at('connection').textContent = text;
  }

  function tabs() {
    if (data.runs.length < 2) return;
    fill(at('runs'), data.runs.map((run, i) => ({key: run.name, content: [i, called(run)], make: () => {
      const button = element('button', called(run), {title: run.name});
      button.style.borderBottom = `4px solid ${COLOURS[i % COLOURS.length]}`;
      button.onclick = () => { chosen = i; draw(); };
      return button;
    }})));
    [...at('runs').children].forEach((button, i) => button.setAttribute('aria-pressed', i === chosen));
  }

  const WAYS = {running: 'test', precise: 'test, precise statistics', batch: 'test, batch statistics', ema: 'test, averaged weights'};

  /** As short as tells the runs apart. */
  function called(run) {
    const last = name => name.split('/').filter(part => part).pop() || name;
    return data.runs.every(other => other === run || last(other.name) !== last(run.name)) ? last(run.name) : run.name;
  }

  /** With one run a colour is a way to evaluate, with several it is a run. */
  function measure(name) {
    const several = data.runs.length > 1;
    return data.runs.flatMap((run, i) => {
      const prefix = several ? `${called(run)}: ` : '';
      const train = {...(run.curves[name] || NOTHING), label: prefix + 'train', colour: COLOURS[several ? i % 8 : 0]};
      if (several) { delete train.least; delete train.most; }
      return [train, ...Object.entries(run.evaluations).map(([way, of], k) => ({
        ...of[name], label: prefix + (WAYS[way] || way), colour: COLOURS[several ? i % 8 : (k + 1) % 8], points: true, dash: several ? [4, 4] : undefined
      }))];
    });
  }

  function single(name, field) {
    const several = data.runs.length > 1;
    return data.runs.map((run, i) => {
      const line = {...(run.curves[field || name] || NOTHING), label: several ? called(run) : name, colour: COLOURS[i % 8]};
      if (several) { delete line.least; delete line.most; }
      return line;
    });
  }

  function noise() {
    return data.runs.map((run, i) => {
      const {gradientSquare: square = NOTHING, gradientVariance: variance = NOTHING} = run.curves;
      const step = [], mean = [];
      const width = Math.max(1, Math.floor(square.step.length / 40));
      for (let k = 0; k + width <= square.step.length; k += width) {
        const sum = list => list.slice(k, k + width).reduce((a, b) => a + b, 0);
        const scale = sum(variance.mean) / sum(square.mean);
        step.push(square.step[k + width - 1]);
        mean.push(scale > 0 && isFinite(scale) ? scale : null);
      }
      return {step, mean, label: data.runs.length > 1 ? called(run) : 'noise scale', colour: COLOURS[i % 8]};
    });
  }

  function curves(run) {
    const chart = id => at(`chart-${id}`);
    const clicked = given.isLive && (step => show(run, 'metrics.jsonl', `step:${step}`, `step ${step}`));
    Charts.lines(chart('loss'), 'loss', '', measure('loss'), clicked);
    Charts.lines(chart('accuracy'), 'accuracy', 'share', measure('accuracy'), clicked);
    Charts.lines(chart('rate'), 'learning rate', '', single('learning rate', 'learningRate'), clicked);
    Charts.lines(chart('speed'), 'speed', 'images/s', single('images/s', 'imagesPerSecond'), clicked);
    const scales = noise();
    chart('noise').hidden = !scales.some(line => line.step.length);
    if (!chart('noise').hidden) Charts.lines(chart('noise'), 'gradient noise scale', 'examples', scales, clicked, true);
  }

  function choices(select, values, text) {
    const before = select.value;
    if ([...select.options].map(option => option.value).join() !== values.join()) {
      select.replaceChildren(...values.map(value => element('option', text(value), {value})));
      if (values.map(String).includes(before)) select.value = before;
      else if (values.length) select.value = values[values.length - 1];
    }
    return select.value;
  }

  function steps(run) {
    at('parts-legend').replaceChildren(...NAMES.map(name => {
      const item = element('span'), colour = element('i');
      colour.style.background = PARTS[name];
      item.append(colour, {moments: 'waits for moments', gradients: 'waits for gradients', commit: 'waits for the commit'}[name] || name);
      return item;
    }));
    const samples = worker => (worker.samples || []).filter(sample => sample.times);
    const sampled = [...new Set(run.workers.flatMap(worker => samples(worker).map(sample => sample.step)))].sort((a, b) => a - b);
    const select = at('sample'), follows = select.selectedIndex < 0 || select.selectedIndex === select.options.length - 1;
    choices(select, sampled, step => step);
    if (follows && sampled.length) {
      // The latest step that all those who are there have told of, else the latest.
      const there = run.seats.map(seat => seat.name);
      const all = sampled.filter(step => run.workers.filter(worker => there.includes(worker.name))
          .every(worker => samples(worker).some(sample => sample.step === step)));
      select.value = all.length ? all[all.length - 1] : sampled[sampled.length - 1];
    }
    const rows = run.workers.flatMap(worker => samples(worker).filter(sample => sample.step === +select.value)
        .map(sample => ({name: worker.name, parts: sample.times.map(micros => micros / 1000)})));
    at('no-parts').hidden = run.workers.length > 0;
    Charts.waterfall(at('waterfall'), rows, NAMES);
    const worker = run.workers[Math.max(0, run.workers.findIndex(each => each.name === choices(at('worker'), run.workers.map(each => each.name), name => name)))];
    if (!worker || !worker.parts) { at('parts-chart').replaceChildren(); return; }
    const {step, ...parts} = worker.parts;
    Charts.stacked(at('parts-chart'), step, parts);
  }

  function layerNames(run, count) {
    return Array.from({length: count}, (_, i) => {
      const first = run.layers[i * run.layersAWait] || `layer ${i * run.layersAWait}`;
      const last = run.layers[Math.min(run.layers.length, (i + 1) * run.layersAWait) - 1];
      return run.layersAWait > 1 && last ? `${first} to ${last}` : first;
    });
  }

  function waits(run) {
    const way = direction();
    const field = at('recent').checked ? `recent${way[0].toUpperCase()}${way.slice(1)}` : way;
    const workers = run.workers.filter(worker => worker.waits && (worker.waits[field] || []).length);
    if (!workers.length) {
      at('heatmap').replaceChildren(element('p', 'nobody has waited for moments: a single worker, or a normalization that sums nothing over shards', {class: 'hint'}));
      return;
    }
    const names = layerNames(run, workers[0].waits[field].length);
    const values = workers.map(worker => worker.waits[field].map(micros => micros / 1000));
    Charts.heatmap(at('heatmap'), workers.map(worker => worker.name), names, values,
        (i, j) => `${workers[i].name} waits ${number(values[i][j], 3)} ms for ${names[j]}, ${way}`);
  }

  const BAD = ['lost', 'evicted', 'fault', 'damaged', 'hold', 'failed', 'restored', 'refused', 'late'];
  const SIGNS = {joined: '+', waiting: '…', lost: '✕', evicted: '✕', fault: '✕', left: '−', damaged: '!', slow: '◷', rerun: '⇄', restarted: '↻', restored: '⤺', hold: '❚❚', failed: '✕', late: '◷'};
  const JOB = 'coordinator';

  function logOf(event) {
    return `logs/${event.worker && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(event.worker) ? event.worker : JOB}.log`;
  }

  function open(run, event) {
    const {key, ...line} = event;
    show(run, logOf(event), `millis:${event.millis}`, JSON.stringify(line));
  }

  function membership(run) {
    const events = run.events.map((event, i) => ({...event, key: `event ${run.eventsLeftOut + i}`}));
    if (!events.length) at('timeline').replaceChildren();
    else {
      const last = events[events.length - 1].millis;
      const spans = [];
      let seats = [], since = 0, generation = 0;
      const close = until => {
        for (const seat of seats) {
          const shards = seat.firstShard + (seat.shards > 1 ? `–${seat.firstShard + seat.shards - 1}` : '');
          spans.push({
            row: seat.name, from: since, to: until, short: shards, colour: COLOURS[generation % 2 ? 0 : 2],
            text: `${seat.name}: shards ${shards} in generation ${generation}` + (seat.backupShards ? `, and ${seat.backupShards} from ${seat.backupFirstShard} as a backup` : '')
          });
        }
        seats = [];
      };
      let planned = [];
      for (const event of events) {
        if (event.event === 'plan') { planned = event.workers || []; close(event.millis); }
        if (event.event === 'generation') { close(event.millis); seats = event.workers || planned; since = event.millis; generation = event.generation; }
        if (['hold', 'done', 'stopped', 'failed'].includes(event.event)) close(event.millis);
      }
      const end = seats.length && run.state === 'running' ? Math.max(last, given.isLive ? heard.getTime() : last) : last;
      close(Math.max(last, end));
      const marks = events.filter(event => SIGNS[event.event]);
      const rows = [...new Set([...spans.map(span => span.row), ...marks.map(event => event.worker || JOB)])].sort((a, b) => (a === JOB) - (b === JOB) || inOrder(a, b));
      Charts.timeline(at('timeline'), rows, events[0].millis, Math.max(last, end), spans, marks.map(event => ({
        key: event.key, row: event.worker || JOB, at: event.millis, sign: SIGNS[event.event], bad: BAD.includes(event.event), text: event.text, open: () => open(run, event)
      })));
    }
    const lines = inTheirOrder(events, run.faults).reverse();
    const leftOut = run.eventsLeftOut + Math.max(0, lines.length - MOST_ROWS);
    const shown = lines.slice(0, MOST_ROWS).map(line => ({key: line.key, content: line, make: () => line.fault ? faultRow(run, line) : eventRow(run, line)}));
    if (leftOut) {
      shown.push({key: 'left out', content: leftOut, make: () => {
        const row = element('tr');
        row.append(element('td', `${whole(leftOut)} earlier ones are left out here: events.jsonl has them`, {colspan: 6}));
        return row;
      }});
    }
    fill(at('events').tBodies[0], shown);
  }

  const MOST_ROWS = 300;

  /** Events as they were written down, each fault before the first event that it can have caused. */
  function inTheirOrder(events, faults) {
    const lines = [...events];
    const fired = faults.map((fault, i) => ({...fault, key: `fault ${i}`})).filter(fault => fault.fired)
        .sort((a, b) => (a.firedAtMillis || a.firedMillis) - (b.firedAtMillis || b.firedMillis));
    for (const fault of fired) {
      const after = lines.findIndex(line => !line.fault && (fault.firedAtMillis ? line.millis >= fault.firedAtMillis : line.step >= fault.firedStep));
      lines.splice(after < 0 ? lines.length : after, 0, {...fault, next: lines[after]});
    }
    return lines;
  }

  function tableRow(cells, isBad, open) {
    const row = element('tr', undefined, {tabindex: 0});
    row.append(...cells.map(cell => element('td', cell === undefined || cell === null ? '' : cell)));
    if (isBad) row.cells[2].className = 'bad';
    pressed(row, open);
    return row;
  }

  function eventRow(run, event) {
    const time = new Date(event.millis).toLocaleTimeString();
    return tableRow([time, event.step, event.event, event.generation, event.worker, event.text], BAD.includes(event.event), () => open(run, event));
  }

  function faultRow(run, {next, key, ...fault}) {
    const time = fault.firedAtMillis ? new Date(fault.firedAtMillis).toLocaleTimeString() : '';
    const target = /worker-\d+/.exec(fault.target || '') || fault.target;
    const text = `--chaos: ${fault.fault}${fault.noticedBy ? `; noticed by ${fault.noticedBy}` : ''}`;
    const place = next ? `millis:${next.millis}` : `step:${fault.firedStep}`;
    const row = tableRow([time, fault.firedStep, 'fault', '', target, text], false, () => show(run, 'events.jsonl', place, JSON.stringify(fault)));
    row.className = 'fault';
    return row;
  }

  function digests(run) {
    const table = at('digest-table');
    at('no-digests').hidden = run.digests.length > 0;
    const workers = [...new Set(run.digests.flatMap(each => Object.keys(each.workers)))].sort((a, b) => inOrder(a, b));
    const head = ['step', 'replicas', ...workers].map(name => [name]);
    fill(table.tHead, rows(run.digests.length ? [{key: 'head', name: 'th', cells: head}] : []));
    fill(table.tBodies[0], rows([...run.digests].reverse().map(each => ({key: each.step, cells: [
      [each.step], each.equal ? ['✓ equal', {class: 'good'}] : ['✕ differ', {class: 'bad'}],
      ...workers.map(name => [(each.workers[name] || '').slice(0, 8), {title: each.workers[name] || ''}])
    ]}))));
  }

  function settings() {
    const runs = data.runs, several = runs.length > 1, table = at('settings-table');
    const names = [...new Set(runs.flatMap(run => Object.keys(run.settings)))]
        .filter(name => !several || new Set(runs.map(run => run.settings[name])).size > 1);
    const head = [several ? 'settings that differ' : 'setting', ...runs.map(run => several ? called(run) : 'value')];
    fill(table.tHead, rows([{key: 'head', name: 'th', cells: head.map(name => [name])}]));
    const values = names.map(name => [name, ...runs.map(run => run.settings[name] === undefined ? '–' : run.settings[name])]);
    values.push(['fingerprint', ...runs.map(run => `${run.fingerprint.slice(0, 12)}…`)]);
    fill(table.tBodies[0], rows(values.map(cells => ({key: cells[0], cells: cells.map(text => [text])}))));
  }

  /** The sections, how each is drawn, and of what, where that is costly. */
  const SECTIONS = [
    ['header', run => { header(run); connection(); tabs(); }],
    ['curves', curves, () => data.runs.map(run => [run.name, run.curves, run.evaluations])],
    ['steps', steps, run => [run.workers.map(({name, samples, parts}) => [name, samples, parts]), run.seats, at('sample').value, at('worker').value]],
    ['waits', waits, run => [run.workers.map(({name, waits}) => [name, waits]), run.layers, at('recent').checked, direction()]],
    ['membership', membership, run => [run.events, run.faults, run.state, run.state === 'running' && given.isLive && heard]],
    ['digests', digests, run => run.digests],
    ['settings', settings, () => data.runs.map(run => run.settings)]
  ];
  const drawn = new Map();

  /** Draws a section whose data has changed. What is odd in it costs this section only. */
  function section([id, drawIt, of], run) {
    const box = at(id), focused = box.contains(document.activeElement) && document.activeElement.dataset.key;
    box.querySelectorAll('.broken').forEach(said => said.remove());
    try {
      const content = of && JSON.stringify([chosen, document.body.clientWidth, dark.matches, of(run)]);
      if (of && drawn.get(id) === content) return;
      drawIt(run);
      drawn.set(id, content);
    } catch (error) {
      drawn.delete(id);
      box.append(element('p', `cannot be shown: ${error.message}`, {class: 'bad broken'}));
    }
    if (focused && !box.contains(document.activeElement)) {
      [...box.querySelectorAll('[data-key]')].find(each => each.dataset.key === focused)?.focus({preventScroll: true});
    }
  }

  function draw() {
    connection();
    if (!data.runs) { at('job').textContent = 'waiting for the server'; return; }
    chosen = Math.min(chosen, data.runs.length - 1);
    const run = data.runs[chosen];
    SECTIONS.forEach(each => section(each, run));
    document.body.dataset.step = run.step;
  }

  /** Listens to the server. The browser asks again when a connection breaks, but not after an answer that it cannot use. */
  function listen() {
    const stream = new EventSource('data');
    stream.onmessage = message => { trouble = ''; take(JSON.parse(message.data)); draw(); };
    stream.onerror = () => {
      trouble = 'the browser tries again';
      draw();
      if (stream.readyState === EventSource.CLOSED) refused();
    };
  }

  function refused() {
    const stop = new AbortController();
    fetch('data', {signal: stop.signal}).then(answer => {
      if (answer.ok) return stop.abort();
      trouble = `${answer.status === 503 ? 'too many windows have this page open' : `the server answers ${answer.status}`}; tries again every ${AGAIN_MILLIS / 1000} s`;
      draw();
    }).catch(() => {}).finally(() => setTimeout(listen, AGAIN_MILLIS));
  }

  const AGAIN_MILLIS = 5000;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const direction = () => document.querySelector('input[name=direction]:checked').value;
  for (const id of ['sample', 'worker', 'recent']) at(id).addEventListener('change', draw);
  document.querySelectorAll('input[name=direction]').forEach(input => input.addEventListener('change', draw));
  dark.addEventListener('change', draw);
  addEventListener('resize', () => requestAnimationFrame(draw));
  document.querySelectorAll('.live').forEach(hint => { hint.hidden = !given.isLive; });
  take(given);
  draw();
  if (given.isLive) listen();
})();

'use strict';
/* The page: takes the data of one or several runs, inside the file or from the server, and fills in the sections. */
(() => {
  const {COLOURS, PARTS, number} = Charts;
  const NAMES = Object.keys(PARTS);
  const at = id => document.getElementById(id);
  const given = JSON.parse(at('data').textContent);
  let data = given, chosen = 0;

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  const inOrder = (a, b) => a.localeCompare(b, undefined, {numeric: true});

  function duration(seconds) {
    if (seconds === undefined || !isFinite(seconds)) return '–';
    const s = Math.round(seconds);
    return s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
  }

  /** Shows lines of a file of the run, which only a server has. */
  function show(run, file, place, otherwise) {
    const box = at('lines');
    box.querySelector('h3').textContent = `${run.name}: ${file}`;
    const text = box.querySelector('pre');
    text.textContent = otherwise;
    if (!box.open) box.showModal();
    if (!given.isLive) return;
    const query = new URLSearchParams({run: run.name, file, near: place});
    fetch(`lines?${query}`).then(answer => answer.text()).then(lines => { text.textContent = `${otherwise}\n\n${lines}`; })
        .catch(() => { text.textContent = `${otherwise}\n\n(the server does not answer)`; });
  }

  function header(run) {
    document.title = `${run.state} ${run.step}${run.steps ? '/' + run.steps : ''} – ${run.name}`;
    at('title').textContent = data.runs.length === 1 ? run.name : `${data.runs.length} runs`;
    const s = run.settings;
    at('job').textContent = `${s.model} on ${s.data}, ${s.norm || 'batch'} normalization (group ${s['norm-group'] || 'all'}), `
        + `${s.shards} shards × ${s.batch} examples, ${s.optimizer}, learning rate ${s.lr}, seed ${s.seed}`;
    const facts = [
      ['state', run.state], ['step', run.steps ? `${run.step} of ${run.steps}` : run.step], ['epoch', number(run.epoch, 3)],
      ['images/s', number(run.imagesPerSecond, 3)], ['step time', `${number(run.stepMillis, 3)} ms`],
      ['left', run.state === 'running' ? duration(run.secondsLeft) : '–'], ['generation', run.generation],
      ['workers', (run.seats || []).length]
    ];
    if (run.result) {
      facts.push(['test accuracy', `${number(100 * run.result.testAccuracy)} %`], ['weights', run.result.weightsSha256.slice(0, 12) + '…']);
    }
    at('state').replaceChildren(...facts.map(([name, value]) => {
      const box = element('div');
      box.append(element('small', name), element('b', value));
      return box;
    }));
    at('progress').value = run.steps ? run.step / run.steps : 0;
    at('alarms').replaceChildren(...run.alarms.map(text => element('li', `⚠ ${text}`)));
  }

  function tabs() {
    if (data.runs.length < 2) return;
    at('runs').replaceChildren(...data.runs.map((run, i) => {
      const button = element('button', called(run), {'aria-pressed': i === chosen});
      button.style.borderBottom = `4px solid ${COLOURS[i % COLOURS.length]}`;
      button.onclick = () => { chosen = i; draw(); };
      return button;
    }));
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
      const train = {...run.curves[name], label: prefix + 'train', colour: COLOURS[several ? i % 8 : 0]};
      if (several) { delete train.least; delete train.most; }
      return [train, ...Object.entries(run.evaluations).map(([way, of], k) => ({
        ...of[name], label: prefix + (WAYS[way] || way), colour: COLOURS[several ? i % 8 : (k + 1) % 8], points: true, dash: several ? [4, 4] : undefined
      }))];
    });
  }

  function single(name, field) {
    const several = data.runs.length > 1;
    return data.runs.map((run, i) => {
      const line = {...run.curves[field || name], label: several ? called(run) : name, colour: COLOURS[i % 8]};
      if (several) { delete line.least; delete line.most; }
      return line;
    });
  }

  function noise() {
    return data.runs.map((run, i) => {
      const square = run.curves.gradientSquare, variance = run.curves.gradientVariance;
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
    const clicked = step => show(run, 'metrics.jsonl', `step:${step}`, `step ${step}`);
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
      const item = element('span');
      const colour = element('i');
      colour.style.background = PARTS[name];
      item.append(colour, {moments: 'waits for moments', gradients: 'waits for gradients', commit: 'waits for the commit'}[name] || name);
      return item;
    }));
    const sampled = [...new Set(run.workers.flatMap(worker => worker.samples.map(sample => sample.step)))].sort((a, b) => a - b);
    const select = at('sample');
    const follows = select.selectedIndex < 0 || select.selectedIndex === select.options.length - 1;
    choices(select, sampled, step => step);
    if (follows && sampled.length) {
      // The latest step that all those who are there have told of, else the latest.
      const there = (run.seats || []).map(seat => seat.name);
      const all = sampled.filter(step => run.workers.filter(worker => there.includes(worker.name))
          .every(worker => worker.samples.some(sample => sample.step === step)));
      select.value = all.length ? all[all.length - 1] : sampled[sampled.length - 1];
    }
    const rows = run.workers.flatMap(worker => worker.samples.filter(sample => sample.step === +select.value)
        .map(sample => ({name: worker.name, parts: sample.times.map(micros => micros / 1000)})));
    at('no-parts').hidden = run.workers.length > 0;
    Charts.waterfall(at('waterfall'), rows, NAMES);
    const worker = run.workers[Math.max(0, run.workers.findIndex(each => each.name === choices(at('worker'), run.workers.map(each => each.name), name => name)))];
    if (worker) {
      const {step, ...parts} = worker.parts;
      Charts.stacked(at('parts-chart'), step, parts);
    }
  }

  function layerNames(run, count) {
    return Array.from({length: count}, (_, i) => {
      const first = run.layers[i * run.layersAWait] || `layer ${i * run.layersAWait}`;
      const last = run.layers[Math.min(run.layers.length, (i + 1) * run.layersAWait) - 1];
      return run.layersAWait > 1 && last ? `${first} to ${last}` : first;
    });
  }

  function waits(run) {
    const direction = document.querySelector('input[name=direction]:checked').value;
    const field = at('recent').checked ? `recent${direction[0].toUpperCase()}${direction.slice(1)}` : direction;
    const workers = run.workers.filter(worker => worker.waits[field].length);
    if (!workers.length) {
      at('heatmap').replaceChildren(element('p', 'nobody has waited for moments: a single worker, or a normalization that sums nothing over shards', {class: 'hint'}));
      return;
    }
    const names = layerNames(run, workers[0].waits[field].length);
    const values = workers.map(worker => worker.waits[field].map(micros => micros / 1000));
    Charts.heatmap(at('heatmap'), workers.map(worker => worker.name), names, values,
        (i, j) => `${workers[i].name} waits ${number(values[i][j], 3)} ms for ${names[j]}, ${direction}`);
  }

  const BAD = ['lost', 'evicted', 'fault', 'damaged', 'hold', 'failed', 'restored', 'refused', 'late'];
  const SIGNS = {joined: '+', waiting: '…', lost: '✕', evicted: '✕', fault: '✕', left: '−', damaged: '!', slow: '◷', rerun: '⇄', restarted: '↻', restored: '⤺', hold: '❚❚', failed: '✕', late: '◷'};
  const JOB = 'coordinator';

  function logOf(event) {
    return `logs/${event.worker && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(event.worker) ? event.worker : JOB}.log`;
  }

  function open(run, event) {
    show(run, logOf(event), `millis:${event.millis}`, JSON.stringify(event));
  }

  function membership(run) {
    const events = run.events;
    if (events.length) {
      const last = events[events.length - 1].millis;
      const spans = [];
      let seats = [], since = 0, generation = 0;
      const close = until => {
        for (const seat of seats) {
          const shards = `${seat.firstShard}–${seat.firstShard + seat.shards - 1}`;
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
      const end = seats.length && run.state === 'running' ? Math.max(last, Date.now() - (given.isLive ? 0 : Infinity)) : last;
      close(Math.max(last, end));
      const marks = events.filter(event => SIGNS[event.event]);
      const rows = [...new Set([...spans.map(span => span.row), ...marks.map(event => event.worker || JOB)])].sort((a, b) => (a === JOB) - (b === JOB) || inOrder(a, b));
      Charts.timeline(at('timeline'), rows, events[0].millis, Math.max(last, end), spans, marks.map(event => ({
        row: event.worker || JOB, at: event.millis, sign: SIGNS[event.event], bad: BAD.includes(event.event), text: event.text, open: () => open(run, event)
      })));
    }
    const lines = [...events.map(event => ({step: event.step, event})), ...run.faults.filter(fault => fault.fired).map(fault => ({step: fault.firedStep, fault}))];
    // A fault stands before what it caused.
    lines.sort((a, b) => a.step - b.step || !!b.fault - !!a.fault || (a.event && b.event ? a.event.millis - b.event.millis : 0));
    const body = at('events').tBodies[0];
    body.replaceChildren(...lines.reverse().slice(0, 300).map(({event, fault}) => {
      const row = element('tr', undefined, {tabindex: 0, class: fault ? 'fault' : ''});
      const cells = fault
          ? ['', fault.firedStep, 'fault', '', /worker-\d+/.exec(fault.target || '') || fault.target || '', `--chaos: ${fault.fault}` + (fault.noticedBy ? `; noticed by ${fault.noticedBy}` : '')]
          : [new Date(event.millis).toLocaleTimeString(), event.step, event.event, event.generation, event.worker || '', event.text];
      row.append(...cells.map(cell => element('td', String(cell))));
      if (event) {
        if (BAD.includes(event.event)) row.cells[2].className = 'bad';
        row.onclick = () => open(run, event);
        row.onkeydown = key => { if (key.key === 'Enter') open(run, event); };
      }
      return row;
    }));
    if (run.eventsLeftOut) body.append(element('tr', `${run.eventsLeftOut} earlier events stand in events.jsonl`));
  }

  function digests(run) {
    const box = at('digest-table');
    if (!run.digests.length) { box.replaceChildren(element('p', 'none yet')); return; }
    const workers = [...new Set(run.digests.flatMap(each => Object.keys(each.workers)))].sort((a, b) => inOrder(a, b));
    const table = element('table');
    const head = table.createTHead().insertRow();
    head.append(...['step', 'replicas', ...workers].map(name => element('th', name)));
    for (const each of [...run.digests].reverse()) {
      const row = table.insertRow();
      row.append(element('td', each.step), element('td', each.equal ? '✓ equal' : '✕ differ', {class: each.equal ? 'good' : 'bad'}),
          ...workers.map(name => element('td', each.workers[name] ? each.workers[name].slice(0, 8) : '', {title: each.workers[name] || ''})));
    }
    const scroll = element('div', undefined, {class: 'scroll'});
    scroll.append(table);
    box.replaceChildren(scroll);
  }

  function settings() {
    const runs = data.runs, several = runs.length > 1;
    const names = [...new Set(runs.flatMap(run => Object.keys(run.settings)))]
        .filter(name => !several || new Set(runs.map(run => run.settings[name])).size > 1);
    const table = element('table');
    table.createTHead().insertRow().append(element('th', several ? 'settings that differ' : 'setting'), ...runs.map(run => element('th', several ? called(run) : 'value')));
    for (const name of names) {
      table.insertRow().append(element('td', name), ...runs.map(run => element('td', run.settings[name] === undefined ? '–' : run.settings[name])));
    }
    const print = runs.map(run => run.fingerprint.slice(0, 12));
    table.insertRow().append(element('td', 'fingerprint'), ...print.map(text => element('td', text + '…')));
    const scroll = element('div', undefined, {class: 'scroll'});
    scroll.append(table);
    at('settings-table').replaceChildren(scroll);
  }

  function draw() {
    if (!data.runs) { at('job').textContent = 'waiting for the server'; return; }
    chosen = Math.min(chosen, data.runs.length - 1);
    const run = data.runs[chosen];
    run.workers.sort((a, b) => inOrder(a.name, b.name));
    for (const part of [header, tabs, curves, steps, waits, membership, digests, settings]) part(run);
    document.body.dataset.step = run.step;
  }

  for (const id of ['sample', 'worker', 'recent']) at(id).addEventListener('change', () => draw());
  document.querySelectorAll('input[name=direction]').forEach(input => input.addEventListener('change', () => draw()));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => draw());
  draw();
  if (given.isLive) {
    const stream = new EventSource('data');
    stream.onmessage = message => { data = {...JSON.parse(message.data), isLive: true}; draw(); };
  }
})();

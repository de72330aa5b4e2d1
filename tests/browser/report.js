// report.js FOLDER [SCREENSHOTS]: opens FOLDER/{many,chosen,hostile}.html and FOLDER/sweep.svg as readers do: with a
// pointer, with a keyboard alone, without a script, on a narrow screen, in the dark, on paper. With SCREENSHOTS, a
// folder, it also leaves pictures there to look at.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const process = require('node:process');
const {chromium} = require('playwright-core');

const [folder, screenshots] = process.argv.slice(2);
const complaints = [];

// A page in a context of its own, in which every message, error, dialog and request is noted.
async function open(browser, file, options = {}) {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options});
  const page = await context.newPage();
  const address = 'file://' + path.join(folder, file).replaceAll(/[<>&'"]/g, encodeURIComponent);
  page.on('console', message => complaints.push(`${file}: console: ${message.text()}`));
  page.on('pageerror', error => complaints.push(`${file}: ${error}`));
  page.on('dialog', dialog => { complaints.push(`${file}: dialog ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', request => {
    const url = request.url();
    if (url.split('#')[0] !== address && !url.startsWith('data:')) complaints.push(`${file}: asks for ${url}`);
  });
  await page.goto(address);
  return page;
}

const rows = page => page.locator('#list tbody tr:visible');
const column = (page, i) => rows(page).locator(`:nth-child(${i + 1})`).evaluateAll(
  (cells, i) => cells.filter(cell => cell.cellIndex === i).map(cell => cell.dataset.key ?? cell.textContent), i);
const focused = page => page.evaluate(() => document.activeElement.textContent.trim() || document.activeElement.id);

async function filters(page) {
  const count = page.locator('#count'), words = page.getByRole('searchbox', {name: 'Id or title contains'});
  const all = await rows(page).count();
  assert(all > 15, `${all} rows`);
  assert.equal(await count.textContent(), `${all} of ${all} shown`);
  await words.fill('GATE lectures/m');
  const ids = await rows(page).locator('th a').allTextContents();
  assert.deepEqual(ids, ['lectures/max-gate', 'lectures/mul-gate']);
  assert.equal(await count.textContent(), `2 of ${all} shown`);
  assert.deepEqual(await page.locator('details.case:visible h3').allTextContents(), ids);
  await words.fill('no such case');
  assert.equal(await rows(page).count(), 0);
  await words.fill('');
  const show = page.getByRole('combobox', {name: 'Show'});
  await show.selectOption({label: 'what fails'});
  const verdicts = await rows(page).locator('b').allTextContents();
  assert(verdicts.length > 3 && verdicts.every(word => word === 'wrong'), verdicts.join());
  await show.selectOption('unsupported');
  assert.equal(await rows(page).count(), all - verdicts.length);
  await show.selectOption('');
  assert.equal(await rows(page).count(), all);
}

async function sorts(page) {
  const before = await column(page, 0);
  for (const [name, i] of [['parameters', 2], ['worst, of budget', 3], ['verdict', 1], ['ms', 6]]) {
    const head = page.locator('#list').getByRole('columnheader', {name, exact: true});
    const number = text => text === '-' ? -Infinity : Number(text);
    for (const order of ['descending', 'ascending']) {
      await head.getByRole('button').click();
      assert.equal(await head.getAttribute('aria-sort'), order);
      const numbers = (await column(page, i)).map(number), sorted = [...numbers].sort((a, b) => a < b ? -1 : a > b);
      assert.deepEqual(numbers, order === 'ascending' ? sorted : sorted.reverse(), name);
    }
    assert.equal(await page.locator('th[aria-sort]').count(), 1);
  }
  await page.locator('#list').getByRole('columnheader', {name: 'case', exact: true}).getByRole('button').click();
  assert.deepEqual(await column(page, 0), before.sort((a, b) => a.localeCompare(b)));
}

async function links(page) {
  const part = page.locator('details.case', {has: page.getByRole('heading', {name: 'lectures/max-gate', exact: true})});
  assert.equal(await part.getAttribute('open'), null);
  await page.getByRole('link', {name: 'lectures/max-gate', exact: true}).click();
  await part.locator('.body').waitFor({state: 'visible'});
  assert(await part.evaluate(p => Math.abs(p.getBoundingClientRect().top) < innerHeight), 'it is not in sight');
  await page.getByRole('button', {name: 'Fold all'}).click();
  assert.equal(await page.locator('details.case[open]').count(), 0);
  await page.getByRole('searchbox').fill('mul-gate');
  await page.getByRole('button', {name: 'Unfold what is shown'}).click();
  assert.equal(await page.locator('details.case[open]').count(), 1);
  for (const link of await page.locator('nav a').all()) {
    await link.click();
    const id = (await link.getAttribute('href')).slice(1);
    assert(await page.locator(`[id="${id}"]`).evaluate(h => h.getBoundingClientRect().top < innerHeight), id);
  }
}

// Tab and Enter alone: skip to the cases, filter, sort, open one.
async function keyboard(page) {
  const tab = async () => { await page.keyboard.press('Tab'); return focused(page); };
  const reach = async wanted => {
    for (let i = 0; i < 80; i++) if (await tab() === wanted) return;
    assert.fail(`Tab does not reach ${wanted}`);
  };
  assert.equal(await tab(), 'Skip to the cases');
  assert(await page.locator('.skip').evaluate(a => a.getBoundingClientRect().left >= 0), 'the skip link stays hidden');
  await page.keyboard.press('Enter');
  assert.equal(await tab(), 'words');
  await page.keyboard.type('gate');
  assert.match(await page.locator('#count').textContent(), /^\d of \d+ shown$/);
  await reach('parameters');
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('th[aria-sort=descending]').count(), 1);
  await reach('lectures/max-gate');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.textContent.includes('lectures/max-gate') &&
    document.activeElement.tagName === 'SUMMARY');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('details.case[open] h3', {hasText: 'lectures/max-gate'}).count(), 0);
}

// Names and roles that a screen reader tells.
async function roles(page) {
  await page.getByRole('main').waitFor();
  await page.getByRole('navigation', {name: 'On this page'}).waitFor();
  await page.getByRole('search', {name: 'Filter the cases'}).waitFor();
  await page.getByRole('table', {name: 'Cases in the order in which they were checked'}).waitFor();
  assert.equal(await page.getByRole('heading', {level: 1}).count(), 1);
  const nameless = await page.locator('input, select, button, a, img, [role=img], [role=region]').evaluateAll(all => all
    .filter(e => !(e.textContent.trim() || e.getAttribute('aria-label') || e.alt || (e.labels && e.labels.length)))
    .map(e => e.outerHTML.slice(0, 100)));
  assert.deepEqual(nameless, []);
}

// The least contrast of text with what is behind it.
const contrast = page => page.evaluate(() => {
  const parse = colour => colour.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(x => x / 255)
    .map(x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)
    .reduce((sum, x, i) => sum + x * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  let worst = {ratio: 21};
  for (const e of document.querySelectorAll('main *:not(svg *)')) {
    const own = [...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.textContent.trim());
    if (!own || !e.checkVisibility()) continue;
    const a = light(parse(getComputedStyle(e).color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst.ratio) worst = {ratio, what: e.outerHTML.slice(0, 120)};
  }
  return worst;
});

async function look(page, name) {
  if (!screenshots) return;
  const client = await page.context().newCDPSession(page); // page.screenshot() wants a document of HTML
  const {data} = await client.send('Page.captureScreenshot', {captureBeyondViewport: true});
  fs.writeFileSync(path.join(screenshots, `${name}.png`), data, 'base64');
}

async function screens(browser) {
  const papers = new Set();
  for (const colorScheme of ['light', 'dark'])
    for (const width of [1280, 400])
      for (const file of ['many', 'chosen']) {
        const page = await open(browser, `${file}.html`, {colorScheme, viewport: {width, height: 900}});
        const name = `${file}-${colorScheme}-${width}`, worst = await contrast(page);
        assert(worst.ratio >= 4.5, `${name}: contrast ${worst.ratio} of ${worst.what}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert(wide <= width, `${name} is ${wide} wide`);
        papers.add(colorScheme + await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
        const pictures = await page.locator('.case[open] img').evaluateAll(all => all.map(i => i.naturalWidth));
        assert(pictures.length > 1 && pictures.every(w => w > 0), `${name}: pictures ${pictures}`);
        await look(page, name);
        await page.context().close();
      }
  assert.equal(papers.size, 2);
}

// The picture of a sweep: ink on paper of its own, light and dark.
async function sweep(browser) {
  for (const colorScheme of ['light', 'dark']) {
    const page = await open(browser, 'sweep.svg', {colorScheme});
    const [paper, ink] = await page.evaluate(() => [getComputedStyle(document.documentElement).backgroundColor,
      getComputedStyle([...document.querySelectorAll('text')].at(-1).closest('[fill]')).fill]);
    const bright = colour => colour.match(/\d+/g).slice(0, 3).reduce((sum, x) => sum + Number(x), 0) / 3;
    assert(colorScheme === 'dark' ? bright(paper) < 40 && bright(ink) > 200 : bright(paper) > 240 && bright(ink) < 60,
      `${colorScheme}: ${ink} on ${paper}`);
    await look(page, `sweep-${colorScheme}`);
    await page.context().close();
  }
}

async function without_script(browser) {
  const page = await open(browser, 'many.html', {javaScriptEnabled: false});
  assert(await rows(page).count() > 15);
  assert(!await page.locator('#controls').isVisible(), 'there are controls that do nothing');
  assert.equal(await page.locator('thead button').count(), 0);
  assert(await page.getByText('the first wrong gate is').first().isVisible());
  const part = page.locator('details.case', {has: page.locator('h3', {hasText: /^lectures\/max-gate$/})});
  await page.locator('#list a', {hasText: /^lectures\/max-gate$/}).click();
  await part.locator('.body').waitFor({state: 'visible'}); // a browser opens what a link leads into
  await page.context().close();
}

async function paper(browser) {
  const page = await open(browser, 'chosen.html', {colorScheme: 'dark'});
  await page.emulateMedia({media: 'print', colorScheme: 'dark'});
  assert(!await page.locator('#controls').isVisible() && !await page.locator('nav').isVisible());
  const worst = await contrast(page);
  assert(worst.ratio >= 4.5, `print: contrast ${worst.ratio} of ${worst.what}`);
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--paper').trim()),
    '#fff');
  const pdf = await page.pdf({format: 'A4'});
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  await page.context().close();
}

async function hostile(browser) {
  const page = await open(browser, 'hostile.html');
  assert.equal(await page.title(), 'gradcheck: 1 of 1 cases failed');
  assert.equal(await page.locator('summary .title').textContent(),
    '<script>document.title = 1</script><img src=x onerror=alert(1)> ?');
  assert.equal(await page.locator('img[src=x], i').count(), 0);
  await page.context().close();
}

async function main() {
  const args = process.getuid() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({executablePath: process.env.CHROMIUM, args});
  try {
    for (const visit of [filters, sorts, links, keyboard, roles]) {
      const page = await open(browser, 'many.html');
      await visit(page);
      await page.context().close();
    }
    for (const visit of [screens, sweep, without_script, paper, hostile]) await visit(browser);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});

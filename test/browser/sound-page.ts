/** What every page has to be for everybody: one heading of the first level, labels, nothing wider than the window. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { z } from 'zod';

/** In the page, for it is about the page; says what is wrong, in words. */
const script = `(() => {
  const wrong = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const levels = all('h1, h2, h3, h4, h5, h6').map(({ localName }) => Number(localName[1]));
  if (levels.filter((level) => level === 1).length !== 1) wrong.push('not one h1: ' + levels);
  levels.forEach((level, index) => {
    if (level > (levels[index - 1] ?? 0) + 1) wrong.push('a heading skips a level: ' + levels);
  });
  const textOf = (element) => (element.getAttribute('aria-label') ?? element.textContent).trim();
  for (const control of all('input:not([type=hidden]), select, textarea')) {
    const label = [...control.labels].map(textOf).join(' ') || control.getAttribute('aria-label') || '';
    if (label.trim() === '') wrong.push('no label: ' + control.outerHTML);
  }
  for (const set of all('fieldset')) {
    if (textOf(set.querySelector('legend') ?? set) === '') wrong.push('no legend: ' + set.outerHTML);
  }
  for (const radio of all('input[type=radio]')) {
    if (radio.closest('fieldset') === null) wrong.push('a choice without a group: ' + radio.outerHTML);
  }
  for (const named of all('a, button, summary')) {
    if (textOf(named) === '') wrong.push('no name: ' + named.outerHTML);
  }
  for (const described of all('[aria-describedby]')) {
    for (const id of described.getAttribute('aria-describedby').split(' ')) {
      if (document.getElementById(id) === null) wrong.push('describes nothing: ' + id);
    }
  }
  const ids = all('[id]').map(({ id }) => id);
  if (new Set(ids).size !== ids.length) wrong.push('an id twice: ' + ids);
  if (all('main').length !== 1) wrong.push('not one main');
  if (document.documentElement.lang === '' || document.title.trim() === '') wrong.push('no language or no title');
  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) wrong.push('wider than the window: ' + width + ' in ' + innerWidth);
  return wrong;
})()`;

/** Fails with all that is wrong with the page; also where its own scripts are switched off. */
export async function expectSound(page: Page): Promise<void> {
  const wrong = z.array(z.string()).parse(await page.evaluate(script));
  expect(wrong, page.url()).toEqual([]);
}

/** Listens for what the browser complains of, from now on. @returns all of it so far */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // That a form was refused, or a limit reached, is no fault of the page's.
    const isRefusal = /status of 4(22|29)/.test(message.text());
    if (message.type() === 'error' && !isRefusal) complaints.push(message.text());
  });
  return complaints;
}

/** Choosing the language, writing out values, and that every language has every text. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { chooseLanguage, languages, loadTranslators, parseAcceptLanguage } from '../../locales/translator.ts';

const folder = fileURLToPath(new URL('../../locales', import.meta.url));
const translators = loadTranslators(folder);

test.each([
  [['fr-CA', 'en'], 'fr'],
  [['de', 'fr'], 'fr'],
  [['de'], 'en'],
  [[], 'en'],
  [['FR'], 'fr'],
  [['__proto__', ''], 'en'],
])('of the wishes %j it takes %s', (wishes, language) => {
  expect(chooseLanguage(wishes)).toBe(language);
  expect(translators.choose(wishes).language).toBe(language);
});

test('reads an Accept-Language header by its weights', () => {
  expect(parseAcceptLanguage('en;q=0.5, fr-CH, de;q=0.9, it;q=0, *;q=0.1')).toEqual([
    'fr-CH',
    'de',
    'en',
    '*',
  ]);
});

test.each([undefined, '', ',,;', ';q=1', 'q=;=,'])('makes no trouble over the header %j', (header) => {
  expect(translators.choose(parseAcceptLanguage(header)).language).toBe('en');
});

test('looks at no more than a bounded part of a header', () => {
  expect(parseAcceptLanguage('en,'.repeat(100_000)).length).toBeLessThan(400);
});

test('writes a value as it is: escaping is the view’s', () => {
  const words = translators.in('en');
  expect(words.text('consent.title', { client: '<b>A & B</b>' })).toBe('<b>A & B</b> asks for your consent');
});

test('chooses the plural form of the language', () => {
  expect(translators.in('en').text('demo.codes.seconds', { count: 0 })).toContain('0 seconds');
  expect(translators.in('fr').text('demo.codes.seconds', { count: 0 })).toMatch(/0 seconde(?!s)/);
  expect(translators.in('fr').text('demo.codes.seconds', { count: 2 })).toMatch(/2 secondes/);
});

test('writes dates out in the language', () => {
  const date = new Date('2027-05-03T04:05:06Z');
  expect(translators.in('en').date(date)).toBe('3 May 2027');
  expect(translators.in('fr').date(date)).toBe('3 mai 2027');
  expect(translators.in('en').dateTime(date)).toContain('04:05 UTC');
});

test('a value cannot reach for other texts', () => {
  const words = translators.in('en');
  const name = '$t(consent.allow) {{client}} $&';
  expect(words.text('consent.title', { client: name })).toBe(`${name} asks for your consent`);
});

test('throws for a text that does not exist', () => {
  expect(() => translators.in('fr').text('consent.no_such_text')).toThrow(/consent\.no_such_text/);
  expect(() => translators.in('fr').text('consent.scope')).toThrow();
});

/** Every text of a file by its key, and the values that it names. */
function texts(language: string, file: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const walk = (value: unknown, key: string): void => {
    if (typeof value === 'string') {
      found.set(key, [...value.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name).sort());
      return;
    }
    for (const [name, part] of Object.entries(z.record(z.string(), z.unknown()).parse(value))) {
      walk(part, key === '' ? name : `${key}.${name}`);
    }
  };
  walk(JSON.parse(readFileSync(`${folder}/${language}/${file}`, 'utf8')), '');
  return found;
}

const rooms = readdirSync(`${folder}/en`);

test('every language has the same rooms', () => {
  for (const language of languages) expect(readdirSync(`${folder}/${language}`)).toEqual(rooms);
});

test.each(rooms)('every language has every text of %s, with the same values', (file) => {
  const english = texts('en', file);
  for (const language of languages) {
    const there = texts(language, file);
    // French has a third form for millions.
    const keys = [...there.keys()].filter((key) => !(key.endsWith('_many') && !english.has(key)));
    expect(keys.sort()).toEqual([...english.keys()].sort());
    for (const [key, values] of english) expect([key, there.get(key)]).toEqual([key, values]);
  }
});

test.each(rooms)('a text of %s with a plural has every form of its language', (file) => {
  for (const language of languages) {
    const there = texts(language, file);
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const key of [...there.keys()].filter(
      (one) => one.endsWith('_other') && there.get(one)?.includes('count'),
    )) {
      const stem = key.slice(0, -'_other'.length);
      for (const form of forms)
        expect(there.has(`${stem}_${form}`), `${language} ${stem}_${form}`).toBe(true);
    }
  }
});

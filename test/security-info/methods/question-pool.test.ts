/** The predefined security questions: enough of them, and worded in every language. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { languages } from '../../../locales/translator.ts';
import { answerProblem } from '../../../security-info/methods/answers.ts';
import { questionIds } from '../../../security-info/methods/question-pool.ts';
import { ada } from '../sample-record.ts';

function textsIn(language: string): Record<string, string> {
  const file = new URL(`../../../locales/${language}/question.json`, import.meta.url);
  return z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, 'utf8')));
}

test('offers at least 35 questions, each under an id of its own', () => {
  expect(questionIds.length).toBeGreaterThanOrEqual(35);
  expect(new Set(questionIds).size).toBe(questionIds.length);
  expect(questionIds.filter((id) => !/^[a-z]+(_[a-z]+)*$/.test(id))).toEqual([]);
});

test.each(languages)('words every question in %s, and no other', (language) => {
  expect(Object.keys(textsIn(language)).sort()).toEqual([...questionIds].sort());
});

test.each(languages)('asks in %s with 3 to 200 characters', (language) => {
  const wrong = Object.values(textsIn(language)).filter(
    (text) => [...text].length < 3 || [...text].length > 200 || !text.includes('?') || text !== text.trim(),
  );
  expect(wrong).toEqual([]);
});

test.each(languages)('asks nothing twice in %s', (language) => {
  const texts = Object.values(textsIn(language)).map((text) => text.toLowerCase());
  expect(new Set(texts).size).toBe(texts.length);
});

test.each(languages)('leaves room for an answer in %s: its own words are none', (language) => {
  for (const text of Object.values(textsIn(language))) {
    const about = { questionTexts: [text], account: ada() };
    const words = text.replace(/[^\p{L}]+/gu, ' ').trim();
    expect(answerProblem(words.slice(0, 40).replace(/ \S*$/, ''), about)?.code).toBe('answer_in_question');
  }
});

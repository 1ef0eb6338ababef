/**
 * Words in the person's language, from `locales/<language>/<room>.json` (i18next: plural forms, interpolation).
 * Escaping is the view's duty.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { i18n } from 'i18next';
import { createInstance } from 'i18next';
import { z } from 'zod';

/** The languages that are complete, the first is the default. */
export const languages = ['en', 'fr'] as const;
/** A language that pages and messages exist in. */
export type Language = (typeof languages)[number];

/** Values for a message: dates are written out in the language, numbers choose the plural form (`count`). */
export type MessageValues = Readonly<Record<string, string | number | Date>>;

/** Words in one language. */
export interface Translator {
  readonly language: Language;
  /** The text under `room.key`; throws for a key that does not exist, so that a test finds it. */
  text(key: string, values?: MessageValues): string;
  /** Whether there is a text under `room.key`. */
  has(key: string): boolean;
  /** A calendar date, such as '3 May 2027'. */
  date(date: Date): string;
  /** The name of a country by its two letters (ISO 3166-1). */
  country(code: string): string;
  /** The order of the language. */
  compare(a: string, b: string): number;
  /** A date with the time of day, in UTC unless the language's users are told otherwise. */
  dateTime(date: Date): string;
}

/** All languages at once. */
export interface Translators {
  /** The best language for a list of wishes (`ui_locales`, Accept-Language, the account's), most wanted first. */
  choose(wishes: readonly string[]): Translator;
  in(language: Language): Translator;
}

const messages = z.record(z.string(), z.unknown());

/** Reads a folder of languages, one folder each with one JSON file a room: the room is the first part of a key. */
export function loadTranslators(folder: string): Translators {
  const instance = createInstance();
  const resources: Record<string, { translation: Record<string, unknown> }> = {};
  for (const language of languages) {
    const translation: Record<string, unknown> = {};
    for (const file of readdirSync(join(folder, language)).filter((entry) => entry.endsWith('.json'))) {
      translation[basename(file, '.json')] = messages.parse(
        JSON.parse(readFileSync(join(folder, language, file), 'utf8')),
      );
    }
    resources[language] = { translation };
  }
  void instance.init({
    resources,
    initAsync: false,
    fallbackLng: false,
    supportedLngs: [...languages],
    interpolation: { escapeValue: false },
    returnNull: false,
    // A key of a whole group is as unknown as one of nothing.
    returnedObjectHandler: (key: string) => key,
  });
  const made = new Map(languages.map((language) => [language, translatorIn(instance, language)]));
  const inLanguage = (language: Language): Translator =>
    made.get(language) ?? translatorIn(instance, language);
  return {
    in: inLanguage,
    choose: (wishes) => inLanguage(chooseLanguage(wishes)),
  };
}

/** The first wish that we have, by its primary language subtag (RFC 4647 §3.4 lookup); the default otherwise. */
export function chooseLanguage(wishes: readonly string[]): Language {
  for (const wish of wishes) {
    const primary = wish.toLowerCase().split('-', 1)[0];
    const found = languages.find((language) => language === primary);
    if (found) return found;
  }
  return languages[0];
}

/** The languages of an Accept-Language header, most wanted first (RFC 9110 §12.5.4); bounded. */
export function parseAcceptLanguage(header: string | undefined): string[] {
  return (header ?? '')
    .slice(0, 1000)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const quality = parameters.map((parameter) => /^\s*q=([0-9.]+)\s*$/.exec(parameter)?.[1]).find(Boolean);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, quality }) => tag !== '' && quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}

function translatorIn(instance: i18n, language: Language): Translator {
  const day = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    dateStyle: 'long',
    timeZone: 'UTC',
  });
  const moment = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  const countries = new Intl.DisplayNames(language, { type: 'region' });
  const { compare } = new Intl.Collator(language);
  const fixed = instance.getFixedT(language);
  const written = (value: string | number | Date): string | number =>
    value instanceof Date ? `${moment.format(value)} UTC` : value;
  return {
    language,
    text: (key, values = {}) => {
      const text = fixed(
        key,
        Object.fromEntries(Object.entries(values).map(([name, value]) => [name, written(value)])),
      );
      if (text === key) throw new Error(`no text for '${key}' in '${language}'`);
      return text;
    },
    has: (key) => instance.exists(key, { lng: language }),
    date: (date) => day.format(date),
    country: (code) => countries.of(code) ?? code,
    compare,
    dateTime: (date) => `${moment.format(date)} UTC`,
  };
}

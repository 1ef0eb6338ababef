/**
 * What kind of device a request comes from, in a few fixed words: enough for somebody to know their own again, and
 * nothing that could be planted by the header. @see RFC 9110 §10.1.5
 */

/** The browsers that are told apart, the more particular first: each also names those that it descends from. */
const browsers = [
  ['edge', /\bEdg(?:e|A|iOS)?\//],
  ['opera', /\b(?:OPR|Opera)\//],
  ['samsung_internet', /\bSamsungBrowser\//],
  ['firefox', /\b(?:Firefox|FxiOS)\//],
  ['chrome', /\b(?:(?:Headless)?Chrome|Chromium|CriOS)\//],
  ['safari', /\bSafari\//],
] as const;

const longestHeader = 512;

/** The kinds of devices that are told apart. */
export const deviceKinds = ['computer', 'phone', 'tablet', 'other'] as const;
/** The browsers that are told apart. */
export const browserNames = [...browsers.map(([name]) => name), 'other'] as const;

/** What a device is stored as: `firefox/computer`. */
export type Device = `${(typeof browserNames)[number]}/${(typeof deviceKinds)[number]}`;

/** The device of a User-Agent header; null where there is none. */
export function deviceOf(userAgent: string): Device | null {
  const header = userAgent.slice(0, longestHeader);
  if (header === '') return null;
  const browser = browsers.find(([, pattern]) => pattern.test(header))?.[0] ?? 'other';
  return `${browser}/${kindOf(header)}`;
}

function kindOf(header: string): (typeof deviceKinds)[number] {
  if (/\b(iPad|Tablet|PlayBook|Silk)\b/i.test(header)) return 'tablet';
  if (/\b(iPhone|iPod|Mobile|Windows Phone)\b/i.test(header)) return 'phone';
  if (/\bAndroid\b/i.test(header)) return 'tablet';
  return /\b(Windows|Macintosh|X11|Linux|CrOS)\b/.test(header) ? 'computer' : 'other';
}

/** Reads what was stored; null for what is no device of ours. */
export function parseDevice(stored: string): {
  readonly browser: (typeof browserNames)[number];
  readonly kind: (typeof deviceKinds)[number];
} | null {
  const [first, second] = stored.split('/');
  const browser = browserNames.find((name) => name === first);
  const kind = deviceKinds.find((name) => name === second);
  return browser === undefined || kind === undefined ? null : { browser, kind };
}

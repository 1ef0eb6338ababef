/** What can be sent to a form instead of what it asks for. What must come of it is the tests' matter. */
import type { PageForm } from './page.ts';
import type { RawRequest } from './raw-request.ts';

const markup = `"><script>alert(1)</script><img src=x onerror='1'>`;
const tokens = ['form_token', 'xsrf'];

/** A request that no honest person's browser makes. */
export interface Attack {
  readonly name: string;
  readonly request: RawRequest;
  readonly statuses?: readonly number[];
}

/** Every request that the form must survive. `attacked` is the field that a person fills in, or else its token. */
export function attacksOn(
  form: PageForm,
  typed: Readonly<Record<string, string>>,
  target?: string,
): readonly Attack[] {
  const honest: Readonly<Record<string, string>> = { ...form.fields, ...typed };
  const token = tokens.find((name) => name in honest) ?? '';
  const attacked = target ?? Object.keys(typed)[0] ?? token;
  const { [attacked]: value = '', ...others } = honest;
  const encode = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();
  const withValue = (encoded: string): RawRequest => ({ body: `${encode(others)}&${attacked}=${encoded}` });
  const multipart = new FormData();
  for (const [name, one] of Object.entries(honest)) multipart.set(name, one);
  const { [token]: _, ...withoutToken } = honest;
  const ordinary: RawRequest = { body: encode(honest) };
  const typedAs = (type: string): RawRequest => ({ ...ordinary, headers: { 'Content-Type': type } });
  return [
    { name: 'an operator for a string', request: { body: `${encode(others)}&${attacked}[$ne]=x` } },
    { name: 'a list for a string', request: { body: `${encode(others)}&${attacked}[]=x&${attacked}[]=y` } },
    { name: 'a field twice', request: { body: `${encode(honest)}&${attacked}=x` } },
    {
      name: 'JSON',
      request: { body: JSON.stringify(honest), headers: { 'Content-Type': 'application/json' } },
    },
    {
      name: 'JSON with an operator',
      request: {
        body: JSON.stringify({ ...others, [attacked]: { $ne: null } }),
        headers: { 'Content-Type': 'application/json' },
      },
    },
    { name: 'a multipart form', request: { body: multipart } },
    { name: 'plain text', request: typedAs('text/plain') },
    { name: 'an unknown content type', request: typedAs('x/y; charset=\u00ff') },
    { name: 'a megabyte', request: withValue('a'.repeat(1_048_576)), statuses: [413, 400] },
    { name: 'control characters', request: withValue('%01%02%1B%5B2J%7F') },
    { name: 'line breaks', request: withValue('a%0D%0ASet-Cookie:%20a=b') },
    { name: 'a NUL', request: withValue('a%00b') },
    { name: 'a NUL in a name', request: { body: `${encode(others)}&${attacked}%00=x` } },
    { name: 'the name of a prototype', request: { body: `${encode(others)}&__proto__=x&constructor=y` } },
    { name: 'invalid UTF-8', request: withValue('%C3%28') },
    { name: 'half a percent sign', request: withValue('%') },
    { name: 'a lone surrogate', request: withValue('%ED%A0%80') },
    {
      name: 'raw bytes',
      request: {
        body: new Uint8Array([...Buffer.from(`${encode(others)}&${attacked}=`), 0xff]),
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      },
    },
    { name: 'long Unicode', request: withValue(encodeURIComponent('\u{1F468}\u200D\u{1F469}'.repeat(400))) },
    { name: 'combining marks', request: withValue(encodeURIComponent(`e${'\u0301'.repeat(2_000)}`)) },
    { name: 'markup', request: withValue(encodeURIComponent(markup)) },
    { name: 'no body', request: { body: '' } },
    { name: 'no token', request: { body: encode(withoutToken) } },
    { name: 'a foreign token', request: { body: encode({ ...honest, [token]: 'A'.repeat(43) }) } },
    ...(token === 'xsrf'
      ? []
      : [
          {
            name: 'another charset',
            request: typedAs('application/x-www-form-urlencoded; charset=utf-7'),
          },
          {
            name: 'a thousand fields',
            request: {
              body: `${encode(honest)}${Array.from({ length: 1_000 }, (_, at) => `&f${at}=1`).join('')}`,
            },
          },
          { name: 'a foreign origin', request: { ...ordinary, headers: { Origin: 'https://evil.example' } } },
          {
            name: 'a cross-site post',
            request: { ...ordinary, headers: { 'Sec-Fetch-Site': 'cross-site' } },
          },
        ]),
    ...['PUT', 'DELETE', 'PATCH', 'OPTIONS'].map((method) => ({
      name: method,
      request: method === 'OPTIONS' ? { method } : { ...ordinary, method },
    })),
    // The name of an authenticator app is the one thing that need not be typed.
    ...(value === '' || attacked === 'name'
      ? []
      : [{ name: 'nothing typed', request: { body: encode(others) } }]),
  ];
}

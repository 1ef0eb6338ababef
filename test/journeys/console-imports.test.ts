/** Imports at the console: upload, check, apply, stop, the report and the export, and every upload that is refused. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { atCommandLine } from '../../security-info/admin/acting-admin.ts';
import { createImport } from '../../security-info/admin/import/imports.ts';
import { createAdmin, enterConsole } from './console.ts';
import type { Visitor } from './visitor.ts';
import { openWorld, type Person, type World } from './world.ts';

let world: World;
let admin: Person;
let visitor: Visitor;
beforeAll(async () => {
  world = await openWorld();
  admin = await createAdmin(world);
  visitor = await enterConsole(world, admin, '/admin/imports');
});
afterAll(() => world.close());

const good = 'user,displayName,mailbox,email\r\nimported1,One Imported,one@work.example,one@home.example\r\n';
const half =
  'user,displayName,mailbox,email\r\nhalf1,Half One,h1@work.example,\r\nhalf2,Half Two,h2@work.example,nowhere\r\n';

/** Chooses a file, fills in the form, and sends it. */
async function upload(csv: string, choices: Readonly<Record<string, string>> = {}): Promise<void> {
  await visitor.open('/admin/imports/new');
  const { fields, action } = visitor.form('/imports');
  const body = new FormData();
  const { file: _, ...rest } = { ...fields, ...choices };
  for (const [name, value] of Object.entries(rest)) body.append(name, value);
  body.append('file', new Blob([csv], { type: 'text/csv' }), 'people.csv');
  await visitor.open(action, { body });
}

/** Loads the page until the import is at rest. */
async function untilAtRest(): Promise<string> {
  await expect
    .poll(async () => (await visitor.open(visitor.page.url)).headers.get('refresh'), { timeout: 10_000 })
    .toBeNull();
  return visitor.page.text;
}

const accountOf = (name: string) => world.deployment.composition.directory.findByLoginName(name);

test('a file is checked, changes nothing, and is applied when the admin says so', async () => {
  await upload(good);
  expect(visitor.page.url.pathname).toMatch(/^\/admin\/imports\/.+-/);
  expect(await untilAtRest()).toContain('Checked Nothing has changed.');
  expect(await accountOf('imported1')).toBeUndefined();
  await visitor.press('Apply the good rows');
  expect(await untilAtRest()).toContain('All good rows are applied.');
  expect(await accountOf('imported1')).toMatchObject({ displayName: 'One Imported' });
  await visitor.open('/admin/imports');
  expect(visitor.page.text).toContain('Done');
});

test('bad rows are told by line, column and reason, on the page and as CSV; the rest is applied where asked', async () => {
  await upload(half, { checkOnly: 'no', onErrors: 'skip', country: 'fr' });
  const text = await untilAtRest();
  expect(text).toContain('3 email This is not an e-mail address, such as name@example.com.');
  expect(await accountOf('half1')).toBeDefined();
  expect(await accountOf('half2')).toBeUndefined();
  const page = visitor.page.url;
  await visitor.follow('/report');
  expect(visitor.page.headers.get('content-type')).toContain('text/csv');
  expect(visitor.page.html).toBe(
    'line,column,code,reason\r\n3,email,not_an_email_address,"This is not an e-mail address, such as name@example.com."\r\n',
  );
  await visitor.open(page);
});

test('a checked import is stopped for good; what is over can be neither applied nor stopped', async () => {
  await upload(good.replaceAll('imported1', 'never1'));
  await untilAtRest();
  const { fields, action } = visitor.form(visitor.page.url.pathname);
  await visitor.press('Stop this import');
  expect(visitor.page.text).toContain('Stopped Nothing more is done.');
  await visitor.open(action, { form: { ...fields, action: 'apply', onErrors: 'skip' } });
  expect(visitor.page.status).toBe(409);
  expect(visitor.page.text).toContain('This cannot be done with the import as it is now.');
  await visitor.open(action, { form: { ...fields, action: 'whatever' } });
  expect(visitor.page.status).toBe(422);
  expect(await accountOf('never1')).toBeUndefined();
});

test('what is no list of people, and wrong choices, are told on the form', async () => {
  await upload('');
  expect([visitor.page.status, visitor.page.heading]).toEqual([422, 'New import']);
  expect(visitor.page.text).toContain('The file is empty.');
  await upload('name,colour\r\n');
  expect(visitor.page.text).toContain('The name of column 1 is not known.');
  await upload(good, { country: 'QQ' });
  expect(visitor.page.text).toContain('Choose one from the list.');
  await upload(good, { onErrors: 'shrug' });
  expect(visitor.page.status).toBe(422);
});

test('an upload that is broken, foreign or too large changes nothing and is answered', async () => {
  await visitor.open('/admin/imports/new');
  const { fields, action } = visitor.form('/imports');
  const token = fields['form_token'] ?? '';
  const part = (name: string, value: string): string =>
    `--cut\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const file = '--cut\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
  const multipart = { headers: { 'Content-Type': 'multipart/form-data; boundary=cut' } };
  const choices = part('checkOnly', 'yes') + part('onErrors', 'stop') + part('unknownPeople', 'create');
  const status = async (body: string, options: object = multipart): Promise<number> =>
    (await visitor.open(action, { body, ...options })).status;
  // The end of the parts never comes.
  expect(await status(`${part('form_token', token)}${choices}${file}${good}`)).toBe(400);
  expect(await status('nothing of the kind')).toBe(400);
  expect(
    await status(`${part('form_token', token)}${part('form_token', token)}${file}${good}\r\n--cut--`),
  ).toBe(400);
  expect(await status(`${part('a.b[$ne]', '1')}${file}${good}\r\n--cut--`)).toBe(400);
  expect(await status(good, { headers: { 'Content-Type': 'multipart/form-data' } })).toBe(400);
  expect(await status(good, { headers: { 'Content-Type': 'text/csv' } })).toBe(400);
  // Its token is missing, comes too late, or another site sends it.
  expect(await status(`${choices}${file}${good}\r\n--cut--`)).toBe(403);
  expect(await status(`${choices}${file}${good}\r\n${part('form_token', token)}--cut--`)).toBe(403);
  const foreign = { headers: { ...multipart.headers, Origin: 'https://evil.example' } };
  expect(await status(`${part('form_token', token)}${choices}${file}${good}\r\n--cut--`, foreign)).toBe(403);
  expect(await tooLarge(action)).toContain('HTTP/1.1 413');
});

/** Says that more is to come than anybody may send, and sends none of it. */
function tooLarge(path: string): Promise<string> {
  const cookie = visitor
    .cookies()
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ');
  const { hostname, port, host } = new URL(world.issuer);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        [
          `POST ${path} HTTP/1.1`,
          `Host: ${host}`,
          'Content-Type: multipart/form-data; boundary=cut',
          `Cookie: ${cookie}`,
          `Content-Length: ${300 * 1024 * 1024}`,
          '\r\n',
        ].join('\r\n'),
      ),
    );
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString('utf8'));
    });
  });
}

test('everybody is exported with the numbers in clear, and the log says so, without any of them', async () => {
  await visitor.open('/admin/imports');
  await visitor.press('Export as CSV');
  expect(visitor.page.headers.get('content-disposition')).toContain('people.csv');
  expect(visitor.page.html.split('\r\n')[0]).toContain('user,displayName');
  expect(visitor.page.html).toContain('one@home.example');
  await visitor.open('/admin/audit?type=methods_exported');
  expect(visitor.page.text).toContain('Admin exported people and methods');
  await visitor.open('/admin/audit');
  expect(visitor.page.text).toContain('Import finished');
  expect(visitor.page.html).not.toContain('@home.example');
  await visitor.open('/admin/imports');
});

test('an upload after the proof has grown old is not kept, and its form is shown again after the proof', async () => {
  const late = await enterConsole(world, await createAdmin(world), '/admin/imports/new');
  const { fields, action } = late.form('/imports');
  world.clock.advance(15 * 60_000 + 1_000);
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append('file', new Blob([good.replaceAll('imported1', 'late1')]), 'people.csv');
  await late.open(action, { body });
  expect(late.page.heading).toBe('Show that you are you');
  expect(late.trail.addresses.join(' ')).toContain(encodeURIComponent('/imports/new?again=1'));
  expect(await accountOf('late1')).toBeUndefined();
});

test('an import that nobody has in hand is taken up by the job', async () => {
  const { composition } = world.deployment;
  const source = (async function* () {
    yield Buffer.from(good.replaceAll('imported1', 'orphan1'));
  })();
  const options = { checkOnly: false, onErrors: 'stop', unknownPeople: 'create', country: null } as const;
  await createImport({ ...composition.ports, imports: composition.imports }, atCommandLine, source, options);
  const job = composition.jobs.find(({ name }) => name === 'resume-imports');
  const run = { dryRun: false, onProgress: () => undefined, signal: new AbortController().signal };
  expect(await job?.run(run)).toEqual({ imports: 1, chunks: 4 });
  expect(await accountOf('orphan1')).toBeDefined();
});

/** The pages of consent, device and sign-out as HTML, in every language: escaped, with one main action, complete. */
import { fileURLToPath } from 'node:url';
import Koa from 'koa';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../../demo/listen.ts';
import { createPages } from '../../../interactions/shell/pages.ts';
import { languages, loadTranslators } from '../../../locales/translator.ts';
import { createDataKeys, generateKeyMaterial } from '../../../models/field-encryption.ts';

const folderOf = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const { dataKey, hashKey } = generateKeyMaterial(new Date(0));
const pages = createPages({
  viewsFolder: folderOf('views'),
  publicFolder: folderOf('public'),
  translators: loadTranslators(folderOf('locales')),
  serviceName: 'Service',
  helpdeskUrl: null,
  issuer: 'http://localhost',
  keys: createDataKeys({
    keys: [{ id: dataKey.id, key: Buffer.from(dataKey.key, 'base64') }],
    hashKey: Buffer.from(hashKey, 'base64'),
  }),
});

async function render(language: string, view: string, page: object): Promise<string> {
  const app = new Koa();
  app.use((ctx) => pages.show(ctx, view, page, { token: 'token-1' }));
  const server = await listen(app.callback(), 0);
  onTestFinished(() => server.close());
  const response = await fetch(`http://127.0.0.1:${server.port}/?ui_locales=${language}`);
  expect(response.status).toBe(200);
  return response.text();
}

const hostile = '<img src=x onerror=alert(1)>"\'';
const form =
  '<form id="op.logoutForm" method="post" action="/end"><input type="hidden" name="xsrf" value="1"/></form>';
const code = {
  action: '/device',
  xsrf: 'xsrf-1',
  userCode: hostile,
  isCancelled: false,
  fieldProblem: null,
  problem: null,
};

/** View, page, buttons of the main kind. */
const cases: readonly (readonly [string, object, number])[] = [
  [
    'consent/consent',
    {
      action: '/c',
      client: { name: hostile, policyUri: 'https://a.example/', termsUri: null },
      learns: [hostile],
    },
    1,
  ],
  [
    'consent/consent',
    { action: '/c', client: { name: hostile, policyUri: null, termsUri: null }, learns: [] },
    1,
  ],
  ['device/code', code, 1],
  ['device/code', { ...code, fieldProblem: hostile }, 1],
  ['device/code', { ...code, problem: hostile }, 1],
  ['device/code', { ...code, isCancelled: true }, 1],
  [
    'device/confirm',
    { action: '/device', xsrf: 'xsrf-1', typedCode: hostile, clientName: hostile, userCode: 'A' },
    1,
  ],
  ['device/success', { clientName: hostile }, 0],
  ['device/success', { clientName: null }, 0],
  ['sign-out/sign-out', { form, canStay: true }, 1],
  ['sign-out/sign-out', { form, canStay: false }, 1],
  ['sign-out/signed-out', { clientName: hostile }, 0],
  ['sign-out/signed-out', { clientName: null }, 0],
];

for (const language of languages) {
  test.each(cases)(`shows %s with %j in ${language}`, async (view, page, mainActions) => {
    const html = await render(language, view, page);
    expect(html).toContain(`<html lang="${language}">`);
    expect(html).not.toContain('<img');
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html.match(/class="main"/g) ?? []).toHaveLength(mainActions);
    expect(html).not.toMatch(/undefined|\[object|\{\{/);
  });
}

test('the code field names what is wrong with it', async () => {
  const html = await render('en', 'device/code', { ...code, fieldProblem: 'Wrong one.' });
  const described = /aria-describedby="([^"]+)" aria-invalid="true"/.exec(html)?.[1]?.split(' ') ?? [];
  expect(described.length).toBeGreaterThan(0);
  for (const id of described) expect(html).toContain(`id="${id}"`);
});

test('consent carries the anti-forgery token', async () => {
  const client = { name: 'App', policyUri: null, termsUri: null };
  const html = await render('en', 'consent/consent', { action: '/c', client, learns: [] });
  expect(html).toContain('name="form_token" value="token-1"');
});

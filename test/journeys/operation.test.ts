/** What an operator sees of a running server: probes, numbers, lines; and that nobody is in them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finish, isBack, redeem, setUpApp, setUpEmail, setUpPhone, signIn } from './steps.ts';
import { appCode, freePort, openWorld, type World } from './world.ts';

let world: World;
let metricsUrl: string;
beforeAll(async () => {
  const port = await freePort();
  metricsUrl = `http://127.0.0.1:${port}/metrics`;
  world = await openWorld({ METRICS_PORT: String(port), TRUST_PROXY: 'on' });
});
afterAll(async () => {
  await world.close();
});

/** The value of a metric with labels, as Prometheus would read it. */
async function metric(series: string): Promise<number | undefined> {
  const text = await (await fetch(metricsUrl)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

test('says that it is ready, and why not when its clock is off', async () => {
  const ask = () => fetch(`${world.issuer}/readyz`);
  const ready = await ask();
  const checks = { accepting: 'ok', store: 'ok', keys: 'ok', clock: 'ok', pending_events: 'ok' };
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', checks }]);
  expect(ready.headers.get('cache-control')).toBe('no-store');
  world.clock.advance(3_600_000);
  // What was found holds for a second.
  await expect.poll(async () => (await ask()).status).toBe(503);
  expect(await (await ask()).json()).toEqual({ status: 'not_ready', checks: { ...checks, clock: 'failed' } });
  world.clock.advance(-3_600_000);
  await expect.poll(async () => (await ask()).status).toBe(200);
  const health = await fetch(`${world.issuer}/healthz`);
  expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
});

test('a request has an id, the proxy’s where it gave one, on every answer and line', async () => {
  const given = { 'X-Request-Id': 'from-the-proxy-1' };
  for (const path of ['/security-info', '/auth', '/.well-known/openid-configuration', '/nothing/here']) {
    const before = world.logLines.length;
    const answer = await fetch(world.issuer + path, { headers: given, redirect: 'manual' });
    expect(answer.headers.get('x-request-id')).toBe('from-the-proxy-1');
    await answer.text();
    await expect
      .poll(() => world.logLines.slice(before).join(''))
      .toContain('"requestId":"from-the-proxy-1"');
  }
  const other = await fetch(`${world.issuer}/nothing`, { headers: { 'X-Request-Id': 'bad "id"' } });
  expect(other.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('a whole journey is counted and logged, and nothing of the person is in either', async () => {
  const snapshot = world.deployment.composition.jobs.find(({ name }) => name === 'report-snapshot');
  await snapshot?.run({ dryRun: false, onProgress: () => {}, signal: new AbortController().signal });
  await world.policy({ methods: ['email', 'authenticator_app', 'mobile_phone'], phoneCountries: ['FR'] });
  const person = await world.person();
  const before = world.logLines.length;
  const journey = await signIn(world, person);
  const { visitor } = journey;
  await setUpEmail(world, visitor, 'somebody@home.example');
  const mailed = world.mailedCode('somebody@home.example');
  const secret = await setUpApp(world, visitor, 'My telephone');
  await setUpPhone(world, visitor, '+33612345678');
  const spoken = world.phoneCode('+33612345678');
  await finish(visitor);
  expect(isBack(journey)).toBe(true);
  const { tokens } = await redeem(journey);

  expect(await metric('security_info_sign_ins_interrupted_total{reason="registration_required"}')).toBe(1);
  expect(await metric('security_info_methods_registered_total{method="email"}')).toBe(1);
  expect(await metric('security_info_methods_registered_total{method="authenticator_app"}')).toBe(1);
  expect(await metric('security_info_methods_registered_total{method="mobile_phone"}')).toBe(1);
  expect(await metric('security_info_sends_total{channel="mail",kind="code",result="accepted"}')).toBe(1);
  expect(await metric('security_info_sends_total{channel="sms",kind="code",result="accepted"}')).toBe(1);
  expect(await metric('security_info_events_total{type="registration_finished",result="success"}')).toBe(1);
  const signInSeries = 'route="/interaction/:uid/sign-in",method="POST"';
  expect(await metric(`http_requests_total{${signInSeries},status="303"}`)).toBe(1);
  expect(await metric(`http_request_duration_seconds_count{${signInSeries}}`)).toBe(1);
  expect(await metric('security_info_store_up')).toBe(1);
  for (const waiting of ['outbox_messages', 'outbox_overdue_seconds', 'pending_records', 'accounts_due']) {
    expect(await metric(`security_info_${waiting}`)).toBeGreaterThanOrEqual(0);
  }
  await expect
    .poll(() => metric('security_info_job_runs_total{job="deliver",result="done"}'))
    .toBeGreaterThan(0);
  expect(await metric('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);

  const log = world.logLines.slice(before);
  const numbers = await (await fetch(metricsUrl)).text();
  const { account, password } = person;
  const ids = visitor.trail.addresses.flatMap(
    (address) => /\/interaction\/([^/?]+)/.exec(address)?.[1] ?? [],
  );
  expect(ids.length).toBeGreaterThan(0);
  const personal = [
    ...[
      password,
      mailed,
      spoken,
      secret,
      account.loginName,
      account.displayName,
      account.id,
      account.mailbox,
    ],
    ...['somebody@home', '33612345678', '612345678', 'My telephone', tokens.access_token, tokens.id_token],
    ...visitor.cookies().map(({ value }) => value),
    ...ids,
  ];
  const said = `${log.join('')}${numbers}`;
  for (const text of personal) {
    if (typeof text === 'string' && text.length > 5) expect(said).not.toContain(text);
  }
  const lines = log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');
  expect(lines.length).toBeGreaterThan(15);
  for (const line of lines) {
    expect(line).toMatchObject({ requestId: expect.any(String), method: expect.any(String) });
    expect(line.route).not.toBe('other');
    expect(line.status).toBeGreaterThanOrEqual(200);
    expect(line.milliseconds).toBeGreaterThan(0);
  }
});

test('a wrong proof is counted as one', async () => {
  const person = await world.person({ methods: [{ type: 'authenticator_app', verifiedDaysAgo: 10 }] });
  const { visitor } = await signIn(world, person);
  await visitor.follow('/add/email');
  const wrong = appCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', new Date(0));
  await visitor.submit('/prove', { code: wrong });
  expect(await metric('security_info_proofs_total{method="authenticator_app",result="wrong"}')).toBe(1);
});

test('only /metrics is there, on a port of its own', async () => {
  expect((await fetch(new URL('/', metricsUrl))).status).toBe(404);
  expect((await fetch(metricsUrl, { method: 'POST' })).status).toBe(404);
  expect((await fetch(`${world.issuer}/metrics`)).status).toBe(404);
});

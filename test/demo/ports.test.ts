/** Looking at the ports before anything starts. */
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { portOf } from '../../demo/listen.ts';
import { findMissingPort } from '../../demo/ports.ts';

async function takePort(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return portOf(server);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return port;
}

test('finds nothing wrong with free ports', async () => {
  const [one, two] = [await freePort(), await freePort()];
  const wanted = [
    { setting: 'PORT', port: one },
    { setting: 'DEMO_PORT', port: two === one ? one + 1 : two },
  ];
  expect(await findMissingPort(wanted)).toBeUndefined();
});

test.each(['127.0.0.1', '0.0.0.0'])('names the setting of a port that somebody has on %s', async (host) => {
  const port = await takePort(host);
  const wanted = [
    { setting: 'PORT', port: await freePort() },
    { setting: 'DEMO_PORT', port },
  ];
  expect(await findMissingPort(wanted)).toEqual({ setting: 'DEMO_PORT', port, sameAs: null });
});

test('names both settings that have the same port', async () => {
  const port = await freePort();
  const wanted = [
    { setting: 'PORT', port },
    { setting: 'MAILBOX_PORT', port },
  ];
  expect(await findMissingPort(wanted)).toEqual({ setting: 'MAILBOX_PORT', port, sameAs: 'PORT' });
});

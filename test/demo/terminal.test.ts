/** What the terminal says. */
import { expect, test, vi } from 'vitest';
import { demoAccounts, demoPassword } from '../../demo/accounts.ts';
import { quietProviderNotices } from '../../demo/quiet-console.ts';
import { describeDemo, describeMissingPort } from '../../demo/terminal.ts';

const summary = {
  issuer: 'http://localhost:3000',
  demoUrl: 'http://localhost:3001',
  mailboxUrl: 'http://localhost:3002',
  hasDemoAccounts: true,
  dataDirectory: '.data',
};

test('names the three addresses, every account and its password, and how to stop', () => {
  const text = describeDemo(summary);
  for (const address of [summary.issuer, summary.demoUrl, summary.mailboxUrl])
    expect(text).toContain(address);
  for (const { loginName } of demoAccounts) expect(text).toMatch(new RegExp(`^ +${loginName} `, 'm'));
  expect(text).toContain(demoPassword);
  expect(text).toContain('Ctrl-C');
  expect(text).toContain('.data');
});

test('fits a terminal of 100 columns', () => {
  for (const line of describeDemo(summary).split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});

test('promises neither accounts nor a mailbox that are not there', () => {
  const text = describeDemo({ ...summary, hasDemoAccounts: false, mailboxUrl: null, dataDirectory: null });
  expect(text).not.toContain(demoPassword);
  expect(text).not.toContain('Mailbox');
  expect(text).toContain('account create');
});

test('says which setting changes a taken port', () => {
  const text = describeMissingPort({ port: 3001, setting: 'DEMO_PORT', sameAs: null });
  expect(text).toContain('Port 3001 is taken');
  expect(text).toContain('DEMO_PORT=4001');
});

test('says which two settings name one port', () => {
  const text = describeMissingPort({ port: 65_000, setting: 'DEMO_PORT', sameAs: 'PORT' });
  expect(text).toContain('DEMO_PORT and PORT are both 65000');
  expect(text).toContain('DEMO_PORT=64000');
});

test('keeps the provider library’s advice off the terminal and nothing else', () => {
  const info = vi.fn();
  const warn = vi.fn();
  const target = { info, warn };
  quietProviderNotices(target);
  target.warn('\u001b[33moidc-provider WARNING: Unsupported runtime.\u001b[0m');
  target.info('oidc-provider NOTICE: a feature is experimental');
  target.warn('disk full', 1);
  target.info('hello');
  expect(warn.mock.calls).toEqual([['disk full', 1]]);
  expect(info.mock.calls).toEqual([['hello']]);
});

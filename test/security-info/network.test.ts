/** Network addresses: what a counter counts by, and what is told of where somebody was: an area, never a household. */
import { describe, expect, test } from 'vitest';
import { coarseAddress, networkOf } from '../../security-info/network.ts';
import { helpLimits, resetLimits } from '../../security-info/reset-throttles.ts';
import { sendLimits } from '../../security-info/throttles.ts';

test.each([
  ['192.0.2.77', '192.0.2.x'],
  ['::ffff:192.0.2.77', '192.0.2.x'],
  ['::FFFF:c000:24d', '192.0.2.x'],
  ['2001:db8:12:3456:789a::1', '2001:db8:12::x'],
  ['2001:0db8:0012:3456:789a:0:0:1', '2001:db8:12::x'],
  ['2001:db8::1', '2001:db8:0::x'],
  ['::1', '0:0:0::x'],
  ['fe80::1%eth0', 'fe80:0:0::x'],
  ['', null],
  ['localhost', null],
  ['1:2:3', null],
])('of the address %j it tells %j', (address, told) => {
  expect(coarseAddress(address)).toBe(told);
});

test.each([
  ['192.0.2.77', '192.0.2.77'],
  ['::ffff:192.0.2.77', '192.0.2.77'],
  ['::ffff:c000:024d', '192.0.2.77'],
  ['0:0:0:0:0:ffff:192.0.2.77', '192.0.2.77'],
  ['2001:db8:12:3456:789a::1', '2001:db8:12:3456::/64'],
  ['2001:0DB8:0012:3456:ffff:ffff:ffff:ffff', '2001:db8:12:3456::/64'],
  ['2001:db8:12:3456::', '2001:db8:12:3456::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['64:ff9b::192.0.2.77', '64:ff9b:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
  ['unknown', 'unknown'],
  ['2001:db8::1::2', '2001:db8::1::2'],
  ['1:2:3:4:5:6:7:8::', '1:2:3:4:5:6:7:8::'],
  ['1:2:3:4:5:6:7:fffff', '1:2:3:4:5:6:7:fffff'],
  ['192.0.2.300', '192.0.2.300'],
])('the address %j is counted by %j', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

describe('one household', () => {
  const keysFor = (callerAddress: string): readonly string[] =>
    [
      ...sendLimits({ accountId: 'a', destinationHash: 'd', callerAddress, caller: 'stranger' }),
      ...resetLimits('ada', callerAddress, 'stranger'),
      ...helpLimits('ada', callerAddress, 'stranger'),
    ].map(({ key }) => key);

  test('has one counter, however many IPv6 addresses it has', () => {
    expect(keysFor('2001:db8:1:2::1')).toEqual(keysFor('2001:db8:1:2:ffff:1:2:3'));
    expect(keysFor('::ffff:192.0.2.7')).toEqual(keysFor('192.0.2.7'));
  });

  test('is not counted for another', () => {
    const ofCaller = (address: string) => keysFor(address).filter((key) => key.includes('caller'));
    expect(ofCaller('2001:db8:1:2::1')).toHaveLength(3);
    for (const other of ['2001:db8:1:3::1', '192.0.2.8']) {
      for (const key of ofCaller(other)) expect(keysFor('2001:db8:1:2::1')).not.toContain(key);
    }
  });
});

/** Which device a request comes from: fixed words, whatever the header says. */
import { expect, test } from 'vitest';
import { deviceOf, parseDevice } from '../../../interactions/shell/device.ts';

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)';

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'firefox/computer'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/140.0.0.0 Safari/537.36`, 'chrome/computer'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${webKit} HeadlessChrome/140.0.0.0 Safari/537.36`, 'chrome/computer'],
  [`Mozilla/5.0 (Windows NT 10.0) ${webKit} Chrome/140.0 Safari/537.36 Edg/140.0`, 'edge/computer'],
  [`Mozilla/5.0 (Macintosh) ${webKit} Chrome/140.0 Safari/537.36 OPR/120.0`, 'opera/computer'],
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webKit} Version/18.0 Safari/605.1.15`,
    'safari/computer',
  ],
  [`Mozilla/5.0 (Linux; Android 10; K) ${webKit} Chrome/140.0 Mobile Safari/537.36`, 'chrome/phone'],
  [`Mozilla/5.0 (Linux; Android 10; K) ${webKit} Chrome/140.0 Safari/537.36`, 'chrome/tablet'],
  [
    `Mozilla/5.0 (Linux; Android 10; K) ${webKit} SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36`,
    'samsung_internet/phone',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1',
    'safari/phone',
  ],
  ['Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) CriOS/140.0 Mobile/15E148 Safari/604.1', 'chrome/tablet'],
  ['curl/8.5.0', 'other/other'],
  ['<script>alert(1)</script>', 'other/other'],
  [`${'x'.repeat(100_000)} Firefox/140.0`, 'other/other'],
  ['', null],
])('%j', (header, device) => {
  expect(deviceOf(header)).toBe(device);
});

test('reads what it wrote, and nothing else', () => {
  expect(parseDevice('firefox/computer')).toEqual({ browser: 'firefox', kind: 'computer' });
  for (const other of ['', 'firefox', 'firefox/toaster', 'lynx/computer', 'constructor/computer'])
    expect(parseDevice(other)).toBeNull();
});

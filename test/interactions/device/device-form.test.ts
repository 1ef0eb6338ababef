/** Reading the library's form. */
import { expect, test } from 'vitest';
import { readDeviceForm } from '../../../interactions/device/device-form.ts';

test('reads what a person typed as they typed it', () => {
  const form =
    readDeviceForm(`<form id="op.deviceInputForm" novalidate method="post" action="https://op/device">
  <input type="hidden" name="xsrf" value="abc"/>
  <input
    value="&quot;&gt;&lt;b&gt; &amp;lt; &#39;" pattern="[0-9]*" inputmode="numeric" type="text" name="user_code" placeholder="Enter code"></input>
  </form>`);
  expect(form).toEqual({ action: 'https://op/device', xsrf: 'abc', userCode: '"><b> &lt; \'' });
});

test('stops at a markup that it does not know', () => {
  expect(() => readDeviceForm('<form action="/device"></form>')).toThrow(/markup/);
  expect(() => readDeviceForm('')).toThrow(/markup/);
});

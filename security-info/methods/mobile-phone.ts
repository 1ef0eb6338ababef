/** The mobile phone: a code goes to it by SMS, or by a call that speaks it. */
import type { MethodContract } from './contract.ts';
import { createPhoneMethod } from './phone-method.ts';

/** The mobile phone. */
export const mobilePhone: MethodContract = createPhoneMethod({
  type: 'mobile_phone',
  isRegisteredByUser: true,
  channels: ['sms', 'voice'],
  noticeChannel: 'sms',
  mayHaveExtension: false,
});

/** The alternate phone: another telephone that is at hand, a landline too, which is called. Never the office phone. */
import type { MethodContract } from './contract.ts';
import { createPhoneMethod } from './phone-method.ts';

/** The alternate phone. */
export const alternatePhone: MethodContract = createPhoneMethod({
  type: 'alternate_phone',
  isRegisteredByUser: true,
  channels: ['sms', 'voice'],
  noticeChannel: 'sms',
  mayHaveExtension: false,
});

/** The office phone: a number of the organisation's own, perhaps behind a switchboard; an admin sets it, a call proves it. */
import type { MethodContract } from './contract.ts';
import { createPhoneMethod } from './phone-method.ts';

/** The office phone. */
export const officePhone: MethodContract = createPhoneMethod({
  type: 'office_phone',
  isRegisteredByUser: false,
  channels: ['voice'],
  noticeChannel: 'voice',
  mayHaveExtension: true,
});

/** The one list of authentication methods. A new method is one file beside this one and one line here. */

import type { MethodType } from '../record.ts';
import { methodTypes } from '../record.ts';
import { alternatePhone } from './alternate-phone.ts';
import { authenticatorApp } from './authenticator-app.ts';
import type { MethodContract } from './contract.ts';
import { email } from './email.ts';
import { mobilePhone } from './mobile-phone.ts';
import { officePhone } from './office-phone.ts';
import { securityQuestions } from './security-questions.ts';

/** Every method's contract by its type. */
export const methodContracts: Readonly<Record<MethodType, MethodContract>> = {
  authenticator_app: authenticatorApp,
  mobile_phone: mobilePhone,
  alternate_phone: alternatePhone,
  office_phone: officePhone,
  email,
  security_questions: securityQuestions,
};

/** The contract of a type. */
export function contractOf(type: MethodType): MethodContract {
  return methodContracts[type];
}

/** Reads a type from outside; undefined when the registry does not know it. */
export function parseMethodType(value: string): MethodType | undefined {
  return methodTypes.find((type) => type === value);
}

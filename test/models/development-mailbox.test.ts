/** The development mailbox on the store: sealed, the newest first, bounded. */
import { expect, test } from 'vitest';
import { developmentMailbox, maximumMailboxMessages } from '../../models/development-mailbox.ts';
import { modelOn } from '../../models/schema-options.ts';
import { openModels } from './open-models.ts';

const at = (seconds: number) => new Date(Date.parse('2096-03-01T12:00:00Z') + seconds * 1000);

function message(id: string, seconds: number) {
  return {
    id,
    at: at(seconds),
    messageId: `<${id}@example.com>`,
    channel: 'mail' as const,
    kind: 'code' as const,
    to: 'ada@home.example',
    from: 'no-reply@example.com',
    subject: 'Your code',
    text: 'The code is 123456',
    html: '<p>123456</p>',
  };
}

test('keeps the newest messages, sealed, and gives each back as it came', async () => {
  const models = await openModels();
  try {
    const { mailbox } = models;
    for (let index = 0; index < maximumMailboxMessages + 2; index += 1) {
      await mailbox.add(message(`m${index}`, index));
    }
    const list = await mailbox.list();
    expect(list).toHaveLength(maximumMailboxMessages);
    expect(list[0]).toEqual(message(`m${maximumMailboxMessages + 1}`, maximumMailboxMessages + 1));
    expect(await mailbox.find('m0')).toBeUndefined();
    expect(await mailbox.find('m2')).toEqual(message('m2', 2));
    const dump = await models.dump();
    for (const secret of ['ada@home.example', '123456']) expect(dump).not.toContain(secret);
  } finally {
    await models.close();
  }
});

test('keeps SMS and calls as what they are, and takes a message without a channel for a mail', async () => {
  const models = await openModels();
  try {
    const { mailbox, connection, keys } = models;
    const { id, at: sentAt, channel, ...older } = message('older', 0);
    await modelOn(connection, developmentMailbox).create({
      _id: id,
      at: sentAt,
      messageCiphertext: keys.seal(JSON.stringify(older), `development_mailbox:${id}`),
    });
    const sms = { ...message('sms', 1), channel: 'sms' as const, to: '+12025550123', from: '', html: '' };
    const call = { ...sms, id: 'call', channel: 'voice' as const, at: at(2) };
    await mailbox.add(sms);
    await mailbox.add(call);
    expect(await mailbox.list()).toEqual([call, sms, { ...message('older', 0), channel }]);
  } finally {
    await models.close();
  }
});

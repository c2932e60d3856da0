import { Test } from '@nestjs/testing';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { EmailChannel } from './email.channel.js';
import { email } from './email.notification.js';

jest.mock('@nestjs-modules/mailer', () => {
  throw new Error("Cannot find module '@nestjs-modules/mailer'");
});

describe(EmailChannel.name, () => {
  it('lets an application start without the package, until it sends an e-mail', async () => {
    const application = await Test.createTestingModule({ providers: [EmailChannel] }).compile();
    await application.init();
    const channel = application.get(EmailChannel);
    const { payload } = email({ to: 'jane@example.com', subject: '', text: '' });
    expect(() => channel.validate(payload)).toThrow(expect.any(ConfigurationError) as Error);
    expect(() => channel.validate(payload)).toThrow('Install @nestjs-modules/mailer');
    await application.close();
  });
});

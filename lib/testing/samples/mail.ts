import { createHash } from 'node:crypto';
import { mailchimp as mailchimpScheme } from '../../signatures/providers/mailchimp/mailchimp.js';
import { mailgun as mailgunScheme } from '../../signatures/providers/mailgun/mailgun.js';
import { mandrill as mandrillScheme } from '../../signatures/providers/mandrill/mandrill.js';
import { postmark as postmarkScheme } from '../../signatures/providers/postmark/postmark.js';
import { resend as resendScheme } from '../../signatures/providers/resend/resend.js';
import { sendgrid as sendgridScheme } from '../../signatures/providers/sendgrid/sendgrid.js';
import { withSigning } from './fetched-key.js';
import { newSecret } from './new-secret.js';
import type { Occasion } from './occasion.js';
import { keyOptions } from './private-key.js';
import type { Provider } from './provider.js';
import { withoutSignature } from './without-signature.js';

const mailgunEvent = <Type extends string>({ uuid, ms }: Occasion, type: Type) => ({
  'event-data': {
    event: type,
    id: uuid,
    timestamp: ms / 1_000,
    recipient: 'jane@example.com',
    message: { headers: { subject: 'Your order', from: 'shop@example.com' } },
  },
});

export const mailgun = {
  create: ({ secret }) => {
    const scheme = mailgunScheme({ secret });
    // The token has a length, and is what duplicates are known by: the same for the same event.
    return withSigning(scheme, ({ id = '', ...input }) =>
      scheme.sign({ ...input, id: createHash('sha256').update(id).digest('hex').slice(0, 50) }),
    );
  },
  newSecret: newSecret.hex,
  samples: {
    delivered: { payload: (event) => mailgunEvent(event, 'delivered') },
    opened: { payload: (event) => mailgunEvent(event, 'opened') },
  },
} satisfies Provider;

export const mailchimp = {
  create: () => withoutSignature(mailchimpScheme({ unsigned: true })),
  newSecret: newSecret.none,
  samples: {
    unsubscribe: {
      format: 'form',
      payload: ({ iso }) => ({
        type: 'unsubscribe',
        fired_at: iso.slice(0, 19).replace('T', ' '),
        'data[reason]': 'manual',
        'data[email]': 'jane@example.com',
        'data[list_id]': 'hookline1',
      }),
    },
  },
} satisfies Provider;

const mandrillEvents = <Type extends string>({ seconds }: Occasion, type: Type) => ({
  mandrill_events: JSON.stringify([
    {
      event: type,
      _id: 'hookline1',
      ts: seconds,
      msg: { _id: 'hookline1', email: 'jane@example.com', subject: 'Your order', state: 'sent' },
    },
  ]),
});

export const mandrill = {
  create: ({ secret, url }) => mandrillScheme({ secret, url }),
  newSecret: newSecret.hex,
  samples: {
    send: { format: 'form', payload: (event) => mandrillEvents(event, 'send') },
    open: { format: 'form', payload: (event) => mandrillEvents(event, 'open') },
  },
} satisfies Provider;

export const postmark = {
  create: postmarkScheme,
  newSecret: newSecret.login,
  samples: {
    Bounce: {
      payload: ({ number, iso }) => ({
        RecordType: 'Bounce',
        ID: number,
        Type: 'HardBounce',
        Email: 'jane@example.com',
        From: 'shop@example.com',
        BouncedAt: iso,
        Subject: 'Your order',
      }),
    },
  },
} satisfies Provider;

export const resend = {
  create: resendScheme,
  newSecret: newSecret.whsec,
  samples: {
    'email.delivered': {
      payload: ({ iso, uuid }) => ({
        type: 'email.delivered',
        created_at: iso,
        data: {
          email_id: uuid,
          from: 'Shop <shop@example.com>',
          to: ['jane@example.com'],
          subject: 'Your order',
        },
      }),
    },
  },
} satisfies Provider;

const sendgridEvents = <Type extends string>({ id, seconds }: Occasion, type: Type) => [
  {
    email: 'jane@example.com',
    timestamp: seconds,
    'smtp-id': '<hookline1@example.com>',
    event: type,
    sg_event_id: id,
    sg_message_id: 'hookline1.recvd-1',
  },
];

export const sendgrid = {
  create: ({ secret }) => sendgridScheme(keyOptions(secret)),
  newSecret: newSecret.p256,
  samples: {
    delivered: { payload: (event) => sendgridEvents(event, 'delivered') },
    open: { payload: (event) => sendgridEvents(event, 'open') },
  },
} satisfies Provider;

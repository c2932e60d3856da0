import { discord as discordScheme } from '../../signatures/providers/discord/discord.js';
import { line as lineScheme } from '../../signatures/providers/line/line.js';
import { meta as metaScheme } from '../../signatures/providers/meta/meta.js';
import { slack as slackScheme } from '../../signatures/providers/slack/slack.js';
import { telegram as telegramScheme } from '../../signatures/providers/telegram/telegram.js';
import { twilio as twilioScheme } from '../../signatures/providers/twilio/twilio.js';
import { x as xScheme } from '../../signatures/providers/x/x.js';
import { zoom as zoomScheme } from '../../signatures/providers/zoom/zoom.js';
import { newSecret } from './new-secret.js';
import type { Occasion } from './occasion.js';
import { keyOptions } from './private-key.js';
import type { Provider } from './provider.js';

const slackEvent = <Data extends object>({ id, seconds }: Occasion, event: Data) => ({
  token: 'deprecated',
  team_id: 'T0HOOKLINE',
  api_app_id: 'A0HOOKLINE',
  type: 'event_callback',
  event_id: id,
  event_time: seconds,
  event,
});

export const slack = {
  create: slackScheme,
  newSecret: newSecret.hex,
  samples: {
    message: {
      payload: (event) =>
        slackEvent(event, {
          type: 'message',
          channel: 'C0HOOKLINE',
          user: 'U0HOOKLINE',
          text: 'Hello',
          ts: `${event.seconds}.000100`,
        }),
    },
    app_mention: {
      payload: (event) =>
        slackEvent(event, {
          type: 'app_mention',
          channel: 'C0HOOKLINE',
          user: 'U0HOOKLINE',
          text: '<@U0BOT> hello',
          ts: `${event.seconds}.000100`,
        }),
    },
    '/points': {
      format: 'form',
      payload: ({ id }) => ({
        command: '/points',
        text: 'jane 100',
        team_id: 'T0HOOKLINE',
        channel_id: 'C0HOOKLINE',
        user_id: 'U0HOOKLINE',
        trigger_id: id,
      }),
    },
  },
} satisfies Provider;

export const telegram = {
  create: telegramScheme,
  newSecret: newSecret.text,
  samples: {
    message: {
      payload: ({ number, seconds }) => ({
        update_id: number,
        message: {
          message_id: 7,
          date: seconds,
          chat: { id: 501, type: 'private', first_name: 'Jane' },
          from: { id: 501, is_bot: false, first_name: 'Jane' },
          text: '/start',
        },
      }),
    },
  },
} satisfies Provider;

export const line = {
  create: lineScheme,
  newSecret: newSecret.hex,
  samples: {
    message: {
      payload: ({ id, ms }) => ({
        destination: 'Uhookline',
        events: [
          {
            type: 'message',
            webhookEventId: id,
            timestamp: ms,
            mode: 'active',
            source: { type: 'user', userId: 'Ujane' },
            deliveryContext: { isRedelivery: false },
            message: { type: 'text', id: '7', text: 'Hello' },
          },
        ],
      }),
    },
  },
} satisfies Provider;

export const meta = {
  // The token is that of the handshake, which a sample is not.
  create: ({ secret }) => metaScheme({ secret, verifyToken: secret }),
  newSecret: newSecret.hex,
  samples: {
    'whatsapp_business_account.messages': {
      payload: ({ id, seconds }) => ({
        object: 'whatsapp_business_account',
        entry: [
          {
            id: '501',
            changes: [
              {
                field: 'messages',
                value: {
                  messaging_product: 'whatsapp',
                  metadata: { display_phone_number: '15550001', phone_number_id: '601' },
                  messages: [
                    {
                      id: `wamid.${id}`,
                      from: '15550002',
                      timestamp: String(seconds),
                      type: 'text',
                      text: { body: 'Hello' },
                    },
                  ],
                },
              },
            ],
          },
        ],
      }),
    },
  },
} satisfies Provider;

export const x = {
  create: xScheme,
  newSecret: newSecret.text,
  samples: {
    tweet_create_events: {
      payload: ({ number, ms }) => ({
        for_user_id: '501',
        tweet_create_events: [
          {
            id_str: String(number),
            text: 'Hello',
            timestamp_ms: String(ms),
            user: { id_str: '601' },
          },
        ],
      }),
    },
  },
} satisfies Provider;

export const zoom = {
  create: zoomScheme,
  newSecret: newSecret.text,
  samples: {
    'meeting.started': {
      payload: ({ number, ms, iso, uuid }) => ({
        event: 'meeting.started',
        event_ts: ms,
        payload: {
          account_id: 'hookline',
          object: { id: String(number), uuid, topic: 'Weekly', type: 2, start_time: iso },
        },
      }),
    },
  },
} satisfies Provider;

export const discord = {
  create: ({ secret }) => discordScheme(keyOptions(secret)),
  newSecret: newSecret.ed25519,
  samples: {
    APPLICATION_AUTHORIZED: {
      payload: ({ iso }) => ({
        version: 1,
        application_id: '501',
        type: 1,
        event: {
          type: 'APPLICATION_AUTHORIZED',
          timestamp: iso,
          data: { user: { id: '601', username: 'jane' }, scopes: ['applications.commands'] },
        },
      }),
    },
    ENTITLEMENT_CREATE: {
      payload: ({ number, iso }) => ({
        version: 1,
        application_id: '501',
        type: 1,
        event: {
          type: 'ENTITLEMENT_CREATE',
          timestamp: iso,
          data: { id: String(number), sku_id: '701', user_id: '601', deleted: false },
        },
      }),
    },
  },
} satisfies Provider;

const twilioHeaders = ({ id }: Occasion): Record<string, string> => ({
  'i-twilio-idempotency-token': id,
});

export const twilio = {
  create: ({ secret, url }) => twilioScheme({ authToken: secret, url }),
  newSecret: newSecret.hex,
  samples: {
    'message.delivered': {
      format: 'form',
      headers: twilioHeaders,
      payload: () => ({
        AccountSid: 'AChookline',
        MessageSid: 'SMhookline1',
        MessageStatus: 'delivered',
        From: '+15005550006',
        To: '+15005550001',
      }),
    },
    'call.completed': {
      format: 'form',
      headers: twilioHeaders,
      payload: () => ({
        AccountSid: 'AChookline',
        CallSid: 'CAhookline1',
        CallStatus: 'completed',
        CallDuration: '42',
        From: '+15005550006',
        To: '+15005550001',
      }),
    },
  },
} satisfies Provider;

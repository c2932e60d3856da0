import { newSecret } from '../../samples/new-secret.js';
import type { Occasion } from '../../samples/occasion.js';
import type { ListedProvider } from '../../samples/provider.js';
import { slack as slackScheme } from './slack.js';

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
  page: {
    call: '`slack({ secret, toleranceSeconds })`',
    signature: '`X-Slack-Signature`',
    id: '`event_id`, or digest',
    type: '`event.type`',
    handshake: 'signed `url_verification`',
    document: 'Verifying requests from Slack',
  },
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
} satisfies ListedProvider;

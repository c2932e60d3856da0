import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { intercom as intercomScheme } from './intercom.js';

export const intercom = {
  create: intercomScheme,
  newSecret: newSecret.text,
  page: {
    call: '`intercom({ secret })`',
    signature: '`X-Hub-Signature`',
    id: '`id`',
    type: '`topic`',
    handshake: '`HEAD`',
    document: 'Setting up webhooks',
  },
  samples: {
    'conversation.user.created': {
      payload: ({ id, seconds }) => ({
        type: 'notification_event',
        id,
        topic: 'conversation.user.created',
        app_id: 'hookline',
        created_at: seconds,
        delivery_attempts: 1,
        data: {
          type: 'notification_event_data',
          item: { type: 'conversation', id: '501', state: 'open' },
        },
      }),
    },
  },
} satisfies ListedProvider;

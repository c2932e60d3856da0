import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { line as lineScheme } from './line.js';

export const line = {
  create: lineScheme,
  newSecret: newSecret.hex,
  page: {
    call: '`line({ secret })`',
    signature: '`X-Line-Signature`',
    id: '`webhookEventId`',
    type: '`type`',
    handshake: 'an empty list of events',
    batch: 'a batch',
    document: 'Verify webhook signature',
  },
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
} satisfies ListedProvider;

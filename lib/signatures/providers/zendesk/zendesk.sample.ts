import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { zendesk as zendeskScheme } from './zendesk.js';

export const zendesk = {
  create: zendeskScheme,
  newSecret: newSecret.base64,
  samples: {
    'zen:event-type:ticket.created': {
      payload: ({ id, iso, number }) => ({
        id,
        type: 'zen:event-type:ticket.created',
        subject: `zen:ticket:${number}`,
        time: iso,
        account_id: 501,
        zendesk_event_version: '2022-11-06',
        event: {},
        detail: { id: String(number), subject: 'Where is my order?', status: 'NEW' },
      }),
    },
  },
} satisfies Provider;

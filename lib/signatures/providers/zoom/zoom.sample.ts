import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { zoom as zoomScheme } from './zoom.js';

export const zoom = {
  create: zoomScheme,
  newSecret: newSecret.text,
  page: {
    call: '`zoom({ secret, toleranceSeconds })`',
    signature: '`x-zm-signature`',
    id: 'digest',
    type: '`event`',
    handshake: 'signed `endpoint.url_validation`',
    document: 'Using webhooks',
  },
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
} satisfies ListedProvider;

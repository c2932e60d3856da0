import { SECRET } from '../../../../test/signatures/contract/hand-made.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { telegram } from './telegram.js';

describeSender('telegram', {
  create: (secret) => telegram({ secret }),
  signature: 'x-telegram-bot-api-secret-token',
  headers: () => ({ 'x-telegram-bot-api-secret-token': SECRET }),
  body: { update_id: 5, callback_query: { id: 'q1' } },
  facts: { eventId: '5', eventType: 'callback_query' },
  covers: 'nothing',
});

import { mac } from '../../../../test/signatures/contract/hand-made.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { gitea } from './gitea.js';

describeSender('gitea', {
  create: (secret) => gitea({ secret }),
  signature: 'x-gitea-signature',
  headers: (body) => ({ 'x-gitea-signature': mac('hex', [body]) }),
  body: { action: 'opened' },
  unsigned: { 'x-gitea-event': 'issues', 'x-gitea-delivery': 'd1' },
  facts: { eventId: 'd1', eventType: 'issues.opened' },
});

describeSender('gitea, by the names of Forgejo', {
  create: (secret) => gitea({ secret }),
  signature: 'x-forgejo-signature',
  headers: (body) => ({ 'x-forgejo-signature': mac('hex', [body]) }),
  body: {},
  unsigned: { 'x-forgejo-event': 'push', 'x-forgejo-delivery': 'd1', 'x-gitea-event': 'other' },
  facts: { eventId: 'd1', eventType: 'push' },
});

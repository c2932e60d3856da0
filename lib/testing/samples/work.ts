import { asana as asanaScheme } from '../../signatures/providers/asana/asana.js';
import { calendly as calendlyScheme } from '../../signatures/providers/calendly/calendly.js';
import { docusign as docusignScheme } from '../../signatures/providers/docusign/docusign.js';
import { dropbox as dropboxScheme } from '../../signatures/providers/dropbox/dropbox.js';
import { jiraConnect as jiraConnectScheme } from '../../signatures/providers/jira-connect/jira-connect.js';
import { jira as jiraScheme } from '../../signatures/providers/jira/jira.js';
import { linear as linearScheme } from '../../signatures/providers/linear/linear.js';
import { microsoftGraph as microsoftGraphScheme } from '../../signatures/providers/microsoft-graph/microsoft-graph.js';
import { notion as notionScheme } from '../../signatures/providers/notion/notion.js';
import { trello as trelloScheme } from '../../signatures/providers/trello/trello.js';
import { typeform as typeformScheme } from '../../signatures/providers/typeform/typeform.js';
import { newSecret } from './new-secret.js';
import type { Occasion } from './occasion.js';
import type { Provider } from './provider.js';

const linearIssue = <Action extends string>({ iso, ms, uuid }: Occasion, action: Action) => ({
  action,
  type: 'Issue',
  createdAt: iso,
  webhookTimestamp: ms,
  webhookId: uuid,
  organizationId: uuid,
  data: { id: uuid, identifier: 'ENG-7', title: 'The total is wrong', priority: 2 },
});

export const linear = {
  create: linearScheme,
  newSecret: newSecret.text,
  samples: {
    'Issue.create': { payload: (event) => linearIssue(event, 'create') },
    'Issue.update': { payload: (event) => linearIssue(event, 'update') },
  },
} satisfies Provider;

export const jira = {
  create: jiraScheme,
  newSecret: newSecret.text,
  samples: {
    'jira:issue_created': {
      payload: ({ ms }) => ({
        webhookEvent: 'jira:issue_created',
        timestamp: ms,
        user: { accountId: 'hookline1', displayName: 'Jane Doe' },
        issue: { id: '7001', key: 'SHOP-7', fields: { summary: 'The total is wrong' } },
      }),
    },
  },
} satisfies Provider;

export const asana = {
  create: asanaScheme,
  newSecret: newSecret.hex,
  samples: {
    'task.added': {
      payload: ({ number, iso }) => ({
        events: [
          {
            action: 'added',
            created_at: iso,
            user: { gid: '501', resource_type: 'user' },
            resource: { gid: String(number), resource_type: 'task' },
            parent: { gid: '601', resource_type: 'project' },
          },
        ],
      }),
    },
  },
} satisfies Provider;

export const notion = {
  create: notionScheme,
  newSecret: () => `secret_${newSecret.text()}`,
  samples: {
    'page.created': {
      payload: ({ uuid, iso }) => ({
        id: uuid,
        timestamp: iso,
        type: 'page.created',
        attempt_number: 1,
        entity: { id: uuid, type: 'page' },
        data: { parent: { id: uuid, type: 'space' } },
      }),
    },
  },
} satisfies Provider;

export const trello = {
  create: trelloScheme,
  newSecret: newSecret.hex,
  samples: {
    updateCard: {
      payload: ({ id, iso }) => ({
        action: {
          id,
          type: 'updateCard',
          date: iso,
          data: { card: { id: 'card1', name: 'Fix the total' }, board: { id: 'board1' } },
        },
        model: { id: 'board1', name: 'Shop' },
      }),
    },
  },
} satisfies Provider;

export const calendly = {
  create: calendlyScheme,
  newSecret: newSecret.text,
  samples: {
    'invitee.created': {
      payload: ({ iso, uuid }) => ({
        event: 'invitee.created',
        created_at: iso,
        payload: {
          uri: `https://api.calendly.com/scheduled_events/${uuid}/invitees/1`,
          email: 'jane@example.com',
          name: 'Jane Doe',
          status: 'active',
        },
      }),
    },
  },
} satisfies Provider;

export const docusign = {
  create: docusignScheme,
  newSecret: newSecret.base64,
  samples: {
    'envelope-completed': {
      payload: ({ uuid, iso }) => ({
        event: 'envelope-completed',
        apiVersion: 'v2.1',
        generatedDateTime: iso,
        data: { accountId: 'hookline', envelopeId: uuid, envelopeSummary: { status: 'completed' } },
      }),
    },
  },
} satisfies Provider;

export const dropbox = {
  create: dropboxScheme,
  newSecret: newSecret.text,
  samples: {
    // Dropbox says whose files changed, and neither what happened nor when.
    list_folder: {
      payload: () => ({
        list_folder: { accounts: ['dbid:hookline1'] },
        delta: { users: [501] },
      }),
    },
  },
} satisfies Provider;

export const typeform = {
  create: typeformScheme,
  newSecret: newSecret.text,
  samples: {
    form_response: {
      payload: ({ id, iso }) => ({
        event_id: id,
        event_type: 'form_response',
        form_response: {
          form_id: 'hookline',
          token: id,
          submitted_at: iso,
          answers: [{ type: 'text', text: 'Very good', field: { id: 'q1', type: 'short_text' } }],
        },
      }),
    },
  },
} satisfies Provider;

export const jiraConnect = {
  // Without an account the app's base URL is the root of where it is posted to.
  create: ({ secret, url, account }) =>
    jiraConnectScheme({ secret, baseUrl: account === '' ? new URL(url).origin : account }),
  newSecret: newSecret.text64,
  samples: {
    'jira:issue_updated': {
      payload: ({ ms }) => ({
        timestamp: ms,
        webhookEvent: 'jira:issue_updated',
        user: { accountId: '601', displayName: 'Jane Doe' },
        issue: { id: '501', key: 'SHOP-1', fields: { summary: 'Mug is out of stock' } },
      }),
    },
  },
} satisfies Provider;

const graphNotifications = <Type extends string>({ uuid, at }: Occasion, type: Type) => ({
  value: [
    {
      id: uuid,
      subscriptionId: '00000000-0000-4000-8000-000000000501',
      subscriptionExpirationDateTime: new Date(at.getTime() + 86_400_000).toISOString(),
      changeType: type,
      resource: "users/jane/messages('601')",
      tenantId: '00000000-0000-4000-8000-000000000701',
      resourceData: { id: '601', '@odata.type': '#Microsoft.Graph.Message' },
    },
  ],
});

export const microsoftGraph = {
  create: ({ secret }) => microsoftGraphScheme({ clientState: secret }),
  newSecret: newSecret.text,
  samples: {
    created: { payload: (event) => graphNotifications(event, 'created') },
    updated: { payload: (event) => graphNotifications(event, 'updated') },
  },
} satisfies Provider;

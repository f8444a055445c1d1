// The small app once more, with Bolt for JavaScript. Nothing in it knows the local workspace but the addresses it is given.
const { App } = require('@slack/bolt');

const { SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET, PORT } = process.env;
const plain = (text) => ({ type: 'plain_text', text });
const card = [
  { type: 'section', text: { type: 'mrkdwn', text: '*Card*' } },
  { type: 'actions', elements: [{ type: 'button', action_id: 'form', text: plain('Form') }] },
];
const form = {
  type: 'modal',
  callback_id: 'form',
  title: plain('Form'),
  submit: plain('Go'),
  blocks: [{ type: 'input', block_id: 'name', label: plain('Name'), element: { type: 'plain_text_input', action_id: 'name' } }],
};
const home = { type: 'home', blocks: [{ type: 'section', text: plain('Welcome home') }] };

const app = new App({
  token: SLACK_BOT_TOKEN,
  signingSecret: SLACK_SIGNING_SECRET,
  socketMode: !PORT,
  appToken: PORT ? undefined : SLACK_APP_TOKEN,
  clientOptions: { slackApiUrl: SLACK_API_URL },
});

app.command('/help-me', async ({ ack, body, client, respond }) => {
  await ack(`On it: ${body.text}`);
  await client.chat.postMessage({ channel: body.channel_id, text: 'Card', blocks: card });
  await respond('And more');
});
app.action('form', async ({ ack, body, client }) => {
  await ack();
  await client.views.open({ trigger_id: body.trigger_id, view: form });
});
app.view('form', async ({ ack, body, view, client }) => {
  const name = view.state.values.name.name.value;
  if (name === 'bad') {
    await ack({ response_action: 'errors', errors: { name: 'Another one, please.' } });
    return;
  }
  await ack();
  await client.chat.postMessage({ channel: body.user.id, text: `Hello ${name}` });
});
app.event('app_mention', async ({ event, say }) => say({ text: 'You called?', thread_ts: event.ts }));
app.event('app_home_opened', async ({ event, client }) => client.views.publish({ user_id: event.user, view: home }));
app.shortcut('new', async ({ ack, body, client }) => {
  await ack();
  await client.views.open({ trigger_id: body.trigger_id, view: form });
});

app.start(PORT ? Number(PORT) : undefined).then(() => console.log('started'));

"""Where an element stands: a message, an ephemeral, a modal or a Home; and the state of its inputs."""

from dataclasses import dataclass
from typing import Any

from workspace.core import Workspace
from workspace.errors import Refused
from workspace.modals import Modal
from workspace.model import App, Channel
from workspace.people.values import FIELDS, chosen, initial
from workspace.present import file_object, file_shares, message_object
from workspace.surfaces import view_elements

GONE = "This is no longer there."


@dataclass(kw_only=True)
class Surface:
    """A message or view in front of one person. `inputs` is what they filled in, by block and action."""

    ws: Workspace
    user: str
    app: App
    blocks: list[dict[str, Any]]
    inputs: dict[str, dict[str, Any]]
    key: str
    view: dict[str, Any] | None = None
    message: dict[str, Any] | None = None
    message_ts: str = ""
    thread_ts: str = ""
    channel: Channel | None = None
    ephemeral: bool = False
    in_attachment: bool = False

    def element(self, block_id: str, action_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The block and element with these ids. Raises Refused."""
        for block, element in view_elements(self.blocks):
            if block["block_id"] == block_id and element["action_id"] == action_id:
                return block, element
        raise Refused("not_found", GONE)

    def fill(self, state: dict[str, dict[str, Any]]) -> None:
        """Remember what the person filled in."""
        for block_id, values in state.items():
            self.inputs.setdefault(block_id, {}).update(values)

    def loaded(self, block_id: str, action_id: str) -> dict[str, Any]:
        """Options that an external select has loaded here, by value."""
        return self.ws.loaded_options.setdefault((self.user, self.key, block_id, action_id), {})

    def find_file(self, file_id: str) -> dict[str, Any]:
        """The file object of an uploaded file. Raises Refused."""
        file = self.ws.state.files.get(file_id)
        if file is None or file.user != self.user:
            raise Refused("file_not_found", "That file is not there.")
        if self.app.id not in file.handed_to:
            file.handed_to.append(self.app.id)
            self.ws.state.save(file)
        return {**file_object(file, base_url=self.ws.base_url), **file_shares(self.ws.state, file)}

    def fields_of(self, block: dict[str, Any], element: dict[str, Any]) -> dict[str, Any]:
        """The payload fields of an element's present state."""
        block_id, action_id = block["block_id"], element["action_id"]
        values = self.inputs.get(block_id, {})
        if action_id not in values:
            return initial(element, self.channel.id if self.channel else "")
        loaded = self.loaded(block_id, action_id)
        return chosen(element, values[action_id], loaded=loaded, find_file=self.find_file)

    def state_values(self, *, with_inputs: bool = True) -> dict[str, dict[str, Any]]:
        """Slack's `state.values`; `with_inputs` False leaves input blocks out."""
        values: dict[str, dict[str, Any]] = {}
        for block, element in view_elements(self.blocks):
            if element["type"] in FIELDS and (with_inputs or block["type"] != "input"):
                fields = {"type": element["type"], **self.fields_of(block, element)}
                values.setdefault(block["block_id"], {})[element["action_id"]] = fields
        return values

    def container(self) -> dict[str, Any]:
        """Slack's `container`."""
        if self.view is not None:
            return {"type": "view", "view_id": self.view["id"]}
        shown = {
            "type": "message_attachment" if self.in_attachment else "message",
            "message_ts": self.message_ts,
            "channel_id": self.channel.id if self.channel else "",
            "is_ephemeral": self.ephemeral,
        }
        return {**shown, "thread_ts": self.thread_ts} if self.thread_ts else shown


def find_surface(ws: Workspace, user: str, where: dict[str, Any]) -> Surface:
    """The surface that the page names. Raises Refused if this person has no such thing before them."""
    if where.get("type") == "view":
        return _view_surface(ws, user, str(where.get("view_id")))
    channel = ws.state.channels.get(str(where.get("channel")))
    if channel is None or not ws.may_see(user, channel):
        raise Refused("channel_not_found", GONE)
    ts = str(where.get("ts"))
    ephemeral = ws.ephemerals.find(ts)
    if ephemeral is not None and ephemeral.user == user:
        return _message_surface(ws, user, channel, ephemeral.body, ephemeral=True)
    message = ws.state.message(channel.id, ts)
    if message is None:
        raise Refused("message_not_found", GONE)
    return _message_surface(ws, user, channel, message_object(ws.state, message), ephemeral=False)


def _message_surface(
    ws: Workspace, user: str, channel: Channel, body: dict[str, Any], *, ephemeral: bool
) -> Surface:
    app = ws.state.apps.get(str(body.get("app_id")))
    if app is None:
        raise Refused("app_not_found", "No app answers here.")
    blocks = list(body.get("blocks") or [])
    attached = [
        block for attachment in body.get("attachments") or [] for block in attachment.get("blocks") or []
    ]
    return Surface(
        ws=ws,
        user=user,
        app=app,
        blocks=[*blocks, *attached],
        inputs=ws.inputs.setdefault((user, channel.id, body["ts"]), {}),
        key=f"{channel.id} {body['ts']}",
        message=body,
        message_ts=body["ts"],
        thread_ts=str(body.get("thread_ts", "")),
        channel=channel,
        ephemeral=ephemeral,
        in_attachment=bool(attached) and not blocks,
    )


def modal_surface(ws: Workspace, modal: Modal) -> Surface:
    """An open modal in front of its person."""
    return Surface(
        ws=ws,
        user=modal.user,
        app=ws.state.apps[modal.app_id],
        blocks=modal.view["blocks"],
        inputs=modal.inputs,
        key=modal.id,
        view=modal.view,
    )


def _view_surface(ws: Workspace, user: str, view_id: str) -> Surface:
    modal = ws.modals.find(view_id)
    if modal is not None and modal.user == user:
        return modal_surface(ws, modal)
    for home in ws.state.homes.values():
        if home.view["id"] == view_id and home.user == user and home.app_id in ws.state.apps:
            inputs = ws.inputs.setdefault((user, "view", view_id), {})
            app = ws.state.apps[home.app_id]
            return Surface(
                ws=ws,
                user=user,
                app=app,
                blocks=home.view["blocks"],
                inputs=inputs,
                key=view_id,
                view=home.view,
            )
    raise Refused("view_not_found", GONE)

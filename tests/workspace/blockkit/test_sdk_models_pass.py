"""What the official Python SDK builds from its model classes is accepted as it is."""

import pytest
from slack_sdk.models.attachments import BlockAttachment
from slack_sdk.models.blocks import (
    ActionsBlock,
    AlertBlock,
    Block,
    ButtonElement,
    CardBlock,
    CarouselBlock,
    ChannelMultiSelectElement,
    ChannelSelectElement,
    CheckboxesElement,
    ConfirmObject,
    ContainerBlock,
    ContextActionsBlock,
    ContextBlock,
    ConversationFilter,
    ConversationSelectElement,
    DatePickerElement,
    DateTimePickerElement,
    DividerBlock,
    EmailInputElement,
    ExternalDataSelectElement,
    FeedbackButtonsElement,
    HeaderBlock,
    IconButtonElement,
    ImageBlock,
    ImageElement,
    InputBlock,
    InputInteractiveElement,
    MarkdownBlock,
    MarkdownTextObject,
    NumberInputElement,
    Option,
    OptionGroup,
    OverflowMenuElement,
    PlainTextInputElement,
    PlainTextObject,
    PlanBlock,
    RadioButtonsElement,
    RawTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextInputElement,
    RichTextListElement,
    RichTextPreformattedElement,
    RichTextQuoteElement,
    RichTextSectionElement,
    SectionBlock,
    StaticMultiSelectElement,
    StaticSelectElement,
    TableBlock,
    TaskCardBlock,
    TimePickerElement,
    UrlInputElement,
    UserMultiSelectElement,
    UserSelectElement,
)
from slack_sdk.models.blocks.block_elements import FileInputElement
from slack_sdk.models.views import View

from workspace.blockkit import validate_message, validate_view

TEXT = RichTextElementParts.Text(text="t", style=RichTextElementParts.TextStyle(bold=True).to_dict())
LINK = RichTextElementParts.Link(url="https://example.com")
SECTION = RichTextSectionElement(elements=[TEXT, LINK, RichTextElementParts.Emoji(name="wave")])
OPTIONS = [Option(value="1", text="One", description="first"), Option(value="2", text="Two")]
CONFIRM = ConfirmObject(title="Sure?", text="It is *gone* then.", style="danger")
BUTTON = ButtonElement(text="Stop", action_id="stop", value="v", style="danger", confirm=CONFIRM)
RICH = RichTextBlock(elements=[SECTION])

MESSAGE_BLOCKS: list[Block] = [
    SectionBlock(text="*hello*", accessory=BUTTON),
    SectionBlock(fields=["a", PlainTextObject(text="b", emoji=True)], expand=True),
    HeaderBlock(text="Title"),
    DividerBlock(),
    ContextBlock(
        elements=[MarkdownTextObject(text="a"), ImageElement(image_url="https://e.com/a", alt_text="a")]
    ),
    ImageBlock(image_url="https://e.com/a.png", alt_text="a", title="t"),
    MarkdownBlock(text="**bold**"),
    ActionsBlock(
        elements=[
            BUTTON,
            StaticSelectElement(
                action_id="s", placeholder="Pick", options=OPTIONS, initial_option=OPTIONS[0]
            ),
            StaticMultiSelectElement(
                action_id="m", placeholder="Pick", option_groups=[OptionGroup(label="G", options=OPTIONS)]
            ),
            OverflowMenuElement(action_id="o", options=OPTIONS),
            ExternalDataSelectElement(action_id="e", placeholder="Pick", min_query_length=0),
            ConversationSelectElement(action_id="c", filter=ConversationFilter(include=["im"])),
            DatePickerElement(action_id="d", initial_date="2026-11-20"),
        ]
    ),
    RichTextBlock(
        elements=[
            SECTION,
            RichTextQuoteElement(elements=[TEXT]),
            RichTextPreformattedElement(elements=[TEXT], border=0),
            RichTextListElement(elements=[SECTION], style="bullet", indent=0),
        ]
    ),
    TableBlock(
        rows=[[RawTextObject(text="a").to_dict(), RICH.to_dict()]], column_settings=[{"align": "left"}]
    ),
    ContextActionsBlock(
        elements=[
            FeedbackButtonsElement(
                action_id="f",
                positive_button={"text": {"type": "plain_text", "text": "+"}, "value": "1"},
                negative_button={"text": {"type": "plain_text", "text": "-"}, "value": "0"},
            ),
            IconButtonElement(action_id="i", icon="trash", text="Delete"),
        ]
    ),
    CardBlock(title="Card", actions=[BUTTON]),
    CarouselBlock(elements=[CardBlock(title="Card")]),
    ContainerBlock(title="Box", child_blocks=[DividerBlock()]),
    TaskCardBlock(task_id="1", title="Fetch", status="complete", details=RICH.to_dict()),
    PlanBlock(title="Plan", tasks=[TaskCardBlock(task_id="1", title="Fetch", status="pending").to_dict()]),
]

INPUTS: list[InputInteractiveElement] = [
    PlainTextInputElement(action_id="a", multiline=True, min_length=1, max_length=10),
    EmailInputElement(action_id="a"),
    UrlInputElement(action_id="a"),
    NumberInputElement(action_id="a", is_decimal_allowed=False, min_value="1", max_value="9"),
    RichTextInputElement(action_id="a", min_lines=2),
    FileInputElement(action_id="a", filetypes=["png"], max_files=1),
    CheckboxesElement(action_id="a", options=OPTIONS, initial_options=OPTIONS[:1]),
    RadioButtonsElement(action_id="a", options=OPTIONS),
    TimePickerElement(action_id="a", initial_time="10:00"),
    DateTimePickerElement(action_id="a", initial_date_time=1_628_633_820),
    UserSelectElement(action_id="a", placeholder="Who"),
    UserMultiSelectElement(action_id="a", placeholder="Who", max_selected_items=2),
    ChannelSelectElement(action_id="a", placeholder="Where", response_url_enabled=True),
    ChannelMultiSelectElement(action_id="a", placeholder="Where"),
]


@pytest.mark.parametrize("block", MESSAGE_BLOCKS, ids=lambda block: block.type)
def test_a_block_of_the_sdk_may_be_posted(block: Block) -> None:
    """What to_dict makes of a model is what the API takes."""
    assert validate_message({"blocks": [block.to_dict()]}) == []


@pytest.mark.parametrize("element", INPUTS, ids=lambda element: str(element.type))
def test_an_input_of_the_sdk_may_stand_in_a_modal(element: InputInteractiveElement) -> None:
    """Every kind of input, with the view around it built by the SDK as well."""
    block = InputBlock(label="Label", element=element, hint="Hint", optional=True)
    alert = AlertBlock(text="Careful", level="warning")
    view = View(type="modal", title="Title", submit="Go", close="Cancel", blocks=[alert, block])
    assert validate_view(view.to_dict(), surface="modal") == []


def test_a_home_tab_of_the_sdk_may_be_published() -> None:
    """A view of the other type."""
    view = View(type="home", callback_id="home", blocks=[HeaderBlock(text="Home")])
    assert validate_view(view.to_dict(), surface="home") == []


def test_an_attachment_of_the_sdk_may_be_posted() -> None:
    """One that carries blocks and a color."""
    attachment = BlockAttachment(blocks=[DividerBlock()], color="#ff0000", fallback="f")
    assert validate_message({"attachments": [attachment.to_dict()]}) == []

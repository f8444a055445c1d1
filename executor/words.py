"""The words that names of sandboxes are made of: friendly, short, easy to say on the telephone."""

_ADJECTIVES = """
able agile amber ample apt arctic azure balmy bold brave breezy bright brisk bronze calm candid
cheery chief civic clean clear clever coastal cool copper coral cosmic cozy crisp curious dapper
daring deft dewy eager early earnest easy elated epic equal fair fancy fast festive fine fleet
fluent fond frank free fresh gentle genial glad gleaming golden good grand great green handy happy
hardy hasty hazel hearty helpful honest humble ideal indigo ivory jaunty jolly jovial joyful keen
kind large lavish level light lilac lively loyal lucid lucky lunar lush major mellow merry mighty
mild minty modern modest neat nifty nimble noble olive open orderly patient peachy placid plucky
polar polite prime proud prudent pure quick quiet rapid ready regal robust rosy royal ruby rustic
sage sandy scenic serene sharp shiny silver simple sincere sleek smart smooth snug solar solid sonic
spry stable steady stellar sturdy sunny super sure swift tall tidy topaz tranquil trim true trusty
upbeat urban valiant velvet verdant vivid warm wise witty wooly worthy young zesty
"""

_ANIMALS = """
albatross alpaca antelope auk avocet axolotl badger basilisk bear beaver bison bobcat buffalo
bunting camel caribou cat cheetah chipmunk condor coyote crane cricket curlew deer dingo dolphin
dove dragonfly duck dunlin eagle eider egret elk emu ermine falcon ferret finch firefly flamingo fox
gazelle gecko gerbil giraffe godwit goldfinch goose gopher grebe grouse gull hamster hare hawk
hedgehog heron hippo hornbill horse ibex ibis iguana impala jackdaw jaguar jay kestrel kingfisher
kite kiwi koala kudu lark lemming lemur leopard lion linnet lizard llama lobster lynx macaw magpie
manatee marlin marmot marten meerkat mole moose moth narwhal newt nightjar ocelot octopus okapi
opossum orca oriole osprey otter owl oyster panda panther parrot partridge pelican penguin petrel
pheasant pika plover polecat pony porpoise puffin puma quail quokka rabbit raccoon raven redwing
reindeer robin salmon sandpiper seal shrew skink skylark snipe sparrow squid starling stoat stork
swallow swan swift tanager tapir tern thrush tiger toad toucan trout turtle vole wallaby walrus
warbler weasel whale wigeon wolf wombat wren yak zebra
"""

ADJECTIVES = tuple(_ADJECTIVES.split())
ANIMALS = tuple(_ANIMALS.split())

"""What the Compose format knows and a sandbox does not get, and why: these words are shown to the author."""

from collections.abc import Mapping

_HOST_NAMESPACE = "it would join a namespace of the host; every sandbox has its own"
_OWN_NETWORK = (
    "every sandbox gets a network of its own, on which services find each other by name; leave it out"
)
_ALREADY = "Sandpiper decides this for every container; leave it out"
_CPU = "give cpus under deploy.resources.limits instead"
_MEMORY = "give memory under deploy.resources.limits instead; there is no swap"
_DEVICES = "a sandbox gets no devices of the host"
_SECRETS = "let x-sandbox.generated make passwords, and use them as ${NAME} in environment"
_ONE_EACH = "every service is one container"

TOP_LEVEL: Mapping[str, str] = {
    "name": "the file's name is the app's name; leave it out",
    "networks": _OWN_NETWORK,
    "secrets": _SECRETS,
    "configs": "put configuration into the image or the environment",
    "include": "a manifest is one file",
    "models": "a sandbox has services only",
}

SERVICE: Mapping[str, str] = {
    "privileged": "a privileged container is root on the host",
    "network_mode": "it could join the host's network; " + _OWN_NETWORK,
    "networks": _OWN_NETWORK,
    "pid": _HOST_NAMESPACE,
    "ipc": _HOST_NAMESPACE,
    "uts": _HOST_NAMESPACE,
    "userns_mode": _HOST_NAMESPACE,
    "cgroup": _HOST_NAMESPACE,
    "cgroup_parent": "it would leave the limits of its sandbox",
    "devices": _DEVICES,
    "device_cgroup_rules": _DEVICES,
    "gpus": _DEVICES,
    "blkio_config": _DEVICES,
    "cap_add": "all are dropped; the few that an image may need are asked for with x-capabilities",
    "cap_drop": "all capabilities are dropped already; leave it out",
    "security_opt": "it could switch off seccomp or no-new-privileges, which hold for every container",
    "sysctls": "kernel settings are the host's",
    "ulimits": _ALREADY,
    "group_add": "extra groups could open files of the host; use user",
    "runtime": _ALREADY,
    "isolation": _ALREADY,
    "credential_spec": "credentials of the host stay on the host",
    "use_api_socket": "it hands the engine's socket to the container, and with it the host",
    "extra_hosts": "host names come from the sandbox's own network, where each service has one",
    "links": _OWN_NETWORK,
    "external_links": "it reaches into other sandboxes",
    "dns": _OWN_NETWORK,
    "dns_opt": _OWN_NETWORK,
    "dns_search": _OWN_NETWORK,
    "mac_address": _OWN_NETWORK,
    "hostname": "a service's host name is its own name; leave it out",
    "domainname": "a service's host name is its own name; leave it out",
    "container_name": "the name is made from the sandbox and the service; leave it out",
    "volumes_from": "name the volume in both services instead",
    "storage_opt": "use named volumes and tmpfs",
    "shm_size": "write tmpfs: /dev/shm:size=… instead",
    "env_file": "files of the host are not read; write the variables under environment",
    "secrets": _SECRETS,
    "configs": "put configuration into the image or the environment",
    "extends": "a manifest is one file; write the service out",
    "profiles": "every service of a manifest is started",
    "restart": "Sandpiper restarts and reports services that die; leave it out",
    "scale": _ONE_EACH,
    "logging": "logs are kept by Sandpiper, with limits; leave it out",
    "log_driver": "logs are kept by Sandpiper, with limits; leave it out",
    "log_opt": "logs are kept by Sandpiper, with limits; leave it out",
    "labels": "labels are how Sandpiper knows what is its own; leave them out",
    "annotations": "labels are how Sandpiper knows what is its own; leave them out",
    "label_file": "files of the host are not read",
    "platform": "images run on the host's own platform",
    "pull_policy": "an image that is here is used, others are built, loaded or pulled; leave it out",
    "develop": "files of the host are not watched",
    "attach": _ALREADY,
    "init": _ALREADY,
    "tty": "the terminal page opens one when it is needed",
    "stdin_open": "the terminal page opens one when it is needed",
    "post_start": "run it from the image's entrypoint",
    "pre_stop": "run it from the image's entrypoint",
    "provider": "a service is a container",
    "models": "a service is a container",
    "cpu_count": _CPU,
    "cpu_percent": _CPU,
    "cpu_shares": _CPU,
    "cpu_period": _CPU,
    "cpu_quota": _CPU,
    "cpu_rt_period": "real-time scheduling could starve the host; " + _CPU,
    "cpu_rt_runtime": "real-time scheduling could starve the host; " + _CPU,
    "cpuset": _CPU,
    "mem_reservation": _MEMORY,
    "mem_swappiness": _MEMORY,
    "memswap_limit": _MEMORY,
    "oom_kill_disable": "the host must be able to end a service that uses up its memory",
    "oom_score_adj": "the host must be able to end a service that uses up its memory",
}

BUILD: Mapping[str, str] = {
    "dockerfile": "the Dockerfile of the folder is used; leave it out",
    "dockerfile_inline": "put a Dockerfile into a folder under manifests/images",
    "args": "arguments would end in the image's history; put values into the Dockerfile or the environment",
    "ssh": "a build gets no credentials of the host",
    "secrets": "a build gets no credentials of the host",
    "network": "a build uses the engine's own network",
    "privileged": "a privileged build is root on the host",
    "entitlements": "a build gets no rights beyond the ordinary",
    "extra_hosts": "a build uses the engine's own network",
    "additional_contexts": "a build sees its own folder only",
    "cache_from": "the engine keeps its own cache; leave it out",
    "cache_to": "the engine keeps its own cache; leave it out",
    "target": "the last stage of the Dockerfile is used; leave it out",
    "platforms": "images run on the host's own platform",
    "isolation": _ALREADY,
    "labels": "labels are how Sandpiper knows what is its own; leave them out",
    "tags": "the image is named after its folder; leave it out",
    "shm_size": "a build has the engine's own limits",
    "ulimits": "a build has the engine's own limits",
    "no_cache": "an image is built when its folder changes; leave it out",
    "pull": "the base is Sandpiper's own; leave it out",
}

DEPLOY: Mapping[str, str] = {
    "mode": _ONE_EACH,
    "replicas": _ONE_EACH,
    "endpoint_mode": _ONE_EACH,
    "placement": "a sandbox runs where its engine is",
    "restart_policy": "Sandpiper restarts and reports services that die; leave it out",
    "update_config": _ONE_EACH,
    "rollback_config": _ONE_EACH,
    "labels": "labels are how Sandpiper knows what is its own; leave them out",
}

RESOURCES: Mapping[str, str] = {"reservations": "nothing is reserved for a sandbox; give limits"}

RESOURCE_LIMITS: Mapping[str, str] = {"devices": _DEVICES}

VOLUME: Mapping[str, str] = {
    "external": "it would be shared with other sandboxes or the host; every sandbox has its own volumes",
    "name": "it would be shared with other sandboxes; every sandbox has its own volumes",
    "driver": "a driver could mount something of the host or the network",
    "driver_opts": "with options a volume can be a folder of the host (type=none, o=bind)",
    "labels": "labels are how Sandpiper knows what is its own; leave them out",
}

HEALTH: Mapping[str, str] = {"start_interval": "the interval holds during the start too; leave it out"}

BIND_MOUNT = "a folder or file of the host can not be mounted; name a volume under the top-level volumes"
ENGINE_SOCKET = "the engine's socket is root on the host"
PUBLISHED_PORT = (
    "a port of the host can not be published; the proxy leads to the service. "
    "Write the container's port alone, and name it under x-sandbox.front or x-sandbox.routes"
)

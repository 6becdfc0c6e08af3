#!/usr/bin/env python3
"""Event files of TensorBoard, read by Google's own protocol buffers.

    tfproto.py DIR      every value below DIR, as tfevents.py read DIR prints them

Messages are described here as the .proto files of TensorFlow and TensorBoard
publish them; the parser, and google.protobuf.Value, are of python3-protobuf. A
field that they do not know, or of another type, is an error.
"""
import json
import os
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, struct_pb2

import tfevents

FIELD = descriptor_pb2.FieldDescriptorProto
KINDS = {"double": FIELD.TYPE_DOUBLE, "float": FIELD.TYPE_FLOAT, "int32": FIELD.TYPE_INT32,
         "int64": FIELD.TYPE_INT64, "bool": FIELD.TYPE_BOOL, "string": FIELD.TYPE_STRING,
         "bytes": FIELD.TYPE_BYTES,
         # An enumeration on the wire.
         "enum": FIELD.TYPE_INT32}

# tensorflow/core/util/event.proto and framework/{summary,tensor,tensor_shape}.proto;
# tensorboard/plugins/hparams/{plugin_data,api}.proto
MESSAGES = """
Dim size:int64=1 name:string=2
Shape dim:Dim*=2 unknown_rank:bool=3
Tensor dtype:enum=1 tensor_shape:Shape=2 version_number:int32=3 tensor_content:bytes=4 \
float_val:float*=5 double_val:double*=6 int_val:int32*=7 string_val:bytes*=8
Plugin plugin_name:string=1 content:bytes=2
Metadata plugin_data:Plugin=1 display_name:string=2 summary_description:string=3 data_class:enum=4
Value tag:string=1 simple_value:float=2 node_name:string=7 tensor:Tensor=8 metadata:Metadata=9
Summary value:Value*=1
Event wall_time:double=1 step:int64=2 file_version:string=3 graph_def:bytes=4 summary:Summary=5
Interval min_value:double=1 max_value:double=2
HParam name:string=1 display_name:string=2 description:string=3 type:enum=4 \
domain_discrete:.google.protobuf.ListValue=5 domain_interval:Interval=6
MetricName group:string=1 tag:string=2
Metric name:MetricName=1 display_name:string=3 description:string=4 dataset_type:enum=5
Experiment description:string=1 user:string=2 time_created_secs:double=3 hparam_infos:HParam*=4 \
metric_infos:Metric*=5 name:string=6
Entry key:string=1 value:.google.protobuf.Value=2
Start hparams:Entry*=1 model_uri:string=2 monitor_url:string=3 group_name:string=4 \
start_time_secs:double=5
End status:enum=1 end_time_secs:double=2
HParams version:int32=1 experiment:Experiment=2 session_start_info:Start=3 session_end_info:End=4
"""


def add_field(message, words):
    name, rest = words.split(":")
    kind, number = rest.split("=")
    field = message.field.add(name=name, number=int(number))
    field.label = FIELD.LABEL_REPEATED if kind.endswith("*") else FIELD.LABEL_OPTIONAL
    kind = kind.rstrip("*")
    if kind in KINDS:
        field.type = KINDS[kind]
    else:
        field.type = FIELD.TYPE_MESSAGE
        field.type_name = kind if kind.startswith(".") else f".board.{kind}"


def messages():
    file = descriptor_pb2.FileDescriptorProto(
        name="board.proto", package="board", syntax="proto3",
        dependency=[struct_pb2.DESCRIPTOR.name])
    for line in MESSAGES.strip().splitlines():
        name, *fields = line.split()
        message = file.message_type.add(name=name)
        for words in fields:
            add_field(message, words)
    pool = descriptor_pool.Default()
    pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return {name: factory.GetPrototype(pool.FindMessageTypeByName(f"board.{name}"))
            for name in ("Event", "HParams")}


TYPES = messages()


def parse(kind, data):
    message = TYPES[kind]()
    message.ParseFromString(data)
    known = type(message)()
    known.CopyFrom(message)
    known.DiscardUnknownFields()
    assert known.ByteSize() == message.ByteSize(), f"what is unknown in {message}"
    return message


def plain(value):
    kind = value.WhichOneof("kind")
    assert kind in ("number_value", "string_value", "bool_value"), kind
    return getattr(value, kind)


def experiment(message):
    params = []
    for info in message.hparam_infos:
        param = {"name": info.name, "type": info.type}
        if info.HasField("domain_discrete"):
            param["discrete"] = [plain(value) for value in info.domain_discrete.values]
        if info.HasField("domain_interval"):
            param["interval"] = [info.domain_interval.min_value, info.domain_interval.max_value]
        params.append(param)
    return {"experiment": message.name, "description": message.description,
            "time": message.time_created_secs, "params": params,
            "metrics": [metric.name.tag for metric in message.metric_infos]}


def hparams(content):
    message = parse("HParams", content)
    if message.HasField("experiment"):
        return experiment(message.experiment)
    if message.HasField("session_start_info"):
        start = message.session_start_info
        return {"start": {entry.key: plain(entry.value) for entry in start.hparams},
                "group": start.group_name, "time": start.start_time_secs}
    end = message.session_end_info
    return {"end": end.status, "time": end.end_time_secs}


def events(path):
    with open(path, "rb") as file:
        data = file.read()
    for at, payload in enumerate(tfevents.records(data)):
        event = parse("Event", payload)
        if at == 0:
            assert event.file_version == "brain.Event:2"
            continue
        for value in event.summary.value:
            found = {"tag": value.tag}
            if value.metadata.plugin_data.plugin_name == "hparams":
                found.update(hparams(value.metadata.plugin_data.content))
            else:
                assert value.tensor.dtype == 2 and not value.tensor.tensor_shape.dim
                (number,) = value.tensor.double_val
                found.update(value=tfevents.number(number), step=event.step, wall=event.wall_time)
            yield found


def main(top):
    for folder, folders, files in os.walk(top):
        folders.sort()
        for name in sorted(files):
            for found in events(os.path.join(folder, name)):
                run = os.path.relpath(folder, top)
                print(json.dumps({"run": run, **found}, sort_keys=True))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
